"""The policy as a table: one line for a route and a thing, one column for each reader.

A line that begins with spaces is about a thing that the route above it takes.
The columns are the readers: visitor, unconfirmed, member, author, moderator,
product, admin. The thing is the author's, in the named state; `own` is the
reader's own (held, where it can be), `other` somebody else's. Words of the columns:

    ok     the page, or what the script asked for
    >      done; on to one of the addresses at the end of the line (<idea>: its page)
    =      answered like that, but nothing is changed: it is so already, or is none of theirs
    in     on to signing in, and back from there
    401, 403, 404, 409, 410, 422    refused: signed out, not allowed, not there, not in
                                    this state any more, a link of no use, not like this
"""

TABLE = """
# --- for everybody
GET /                                       ok   ok   ok   ok   ok   ok   ok
GET /brand.css                              ok   ok   ok   ok   ok   ok   ok
GET /brand/<key>-<size>.png
    there                                   ok   ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /changelog                              ok   ok   ok   ok   ok   ok   ok
GET /feeds/changelog.atom                   ok   ok   ok   ok   ok   ok   ok
GET /feeds/ideas.atom                       ok   ok   ok   ok   ok   ok   ok
GET /feeds/search.atom                      ok   ok   ok   ok   ok   ok   ok
GET /feeds/ideas/<int:idea_id>.atom
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  404  404  404  404
    hidden                                  404  404  404  404  404  404  404
    withdrawn                               404  404  404  404  404  404  404
    draft                                   404  404  404  404  404  404  404
    missing                                 404  404  404  404  404  404  404
GET /favicon.ico                            ok   ok   ok   ok   ok   ok   ok
GET /.well-known/change-password            >    >    >    >    >    >    >    /settings/password
GET /keys                                   ok   ok   ok   ok   ok   ok   ok
GET /places                                 ok   ok   ok   ok   ok   ok   ok
GET /how-we-sort                            ok   ok   ok   ok   ok   ok   ok
GET /ideas                                  ok   ok   ok   ok   ok   ok   ok
GET /moderation/log                         ok   ok   ok   ok   ok   ok   ok
GET /roadmap                                ok   ok   ok   ok   ok   ok   ok
GET /robots.txt                             ok   ok   ok   ok   ok   ok   ok
GET /manifest.webmanifest                   ok   ok   ok   ok   ok   ok   ok
GET /service-worker.js                      ok   ok   ok   ok   ok   ok   ok
GET /offline                                ok   ok   ok   ok   ok   ok   ok
POST /csp-report                            400  400  400  400  400  400  400
GET /share.png                              ok   ok   ok   ok   ok   ok   ok
GET /ideas/<int:idea_id>/card.png
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  404  404  404  404
    hidden                                  404  404  404  404  404  404  404
    withdrawn                               404  404  404  404  404  404  404
    draft                                   404  404  404  404  404  404  404
    missing                                 404  404  404  404  404  404  404
GET /search                                 ok   ok   ok   ok   ok   ok   ok
GET /search/similar                         ok   ok   ok   ok   ok   ok   ok
POST /search/similar                        in   ok   ok   ok   ok   ok   ok
GET /search/suggest                         ok   ok   ok   ok   ok   ok   ok
GET /livez                                  ok   ok   ok   ok   ok   ok   ok
GET /readyz                                 ok   ok   ok   ok   ok   ok   ok
GET /sitemap.xml                            ok   ok   ok   ok   ok   ok   ok
GET /sitemaps/pages.xml                     ok   ok   ok   ok   ok   ok   ok
GET /sitemaps/ideas-<int:number>.xml
    there                                   ok   ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /static/<path:filename>
    there                                   ok   ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
POST /language                              =    >    >    >    >    >    >    /
POST /theme                                 =    >    >    >    >    >    >    /
GET /members/<path:name>
    other                                   ok   ok   ok   ok   ok   ok   ok
    unconfirmed                             404  ok   404  404  404  404  404
    missing                                 404  404  404  404  404  404  404

# --- coming in and out
GET /join                                   ok   >    >    >    >    >    >    /
POST /join                                  >    =    =    =    =    =    =    /join/sent  /
GET /join/sent                              ok   ok   ok   ok   ok   ok   ok
GET /confirm                                ok   ok   ok   ok   ok   ok   ok
POST /confirm                               >    >    >    >    >    >    >    /confirm/sent
GET /confirm/sent                           ok   ok   ok   ok   ok   ok   ok
GET /confirm/<token>
    confirm                                 ok   ok   ok   ok   ok   ok   ok
    stale                                   410  410  410  410  410  410  410
POST /confirm/<token>
    confirm                                 >    >    >    >    >    >    >    /sign-in  /sett*  /
    stale                                   410  410  410  410  410  410  410
GET /reset                                  ok   ok   ok   ok   ok   ok   ok
POST /reset                                 >    >    >    >    >    >    >    /reset/sent
GET /reset/sent                             ok   ok   ok   ok   ok   ok   ok
GET /reset/<token>
    reset                                   ok   ok   ok   ok   ok   ok   ok
    stale                                   410  410  410  410  410  410  410
POST /reset/<token>
    reset                                   >    >    >    >    >    >    >    /sign-in
    stale                                   410  410  410  410  410  410  410
GET /sign-in                                ok   >    >    >    >    >    >    /
POST /sign-in                               >    =    =    =    =    =    =    /
GET /sign-out                               >    ok   ok   ok   ok   ok   ok   /
POST /sign-out                              =    >    >    >    >    >    >    /
GET /unsubscribe/<token>
    stop                                    ok   ok   ok   ok   ok   ok   ok
    stop search                             ok   ok   ok   ok   ok   ok   ok
    stale                                   404  404  404  404  404  404  404
POST /unsubscribe/<token>
    stop                                    ok   ok   ok   ok   ok   ok   ok
    stop search                             ok   ok   ok   ok   ok   ok   ok
    stale                                   404  404  404  404  404  404  404

# --- one's own account
GET /settings                               in   ok   ok   ok   ok   ok   ok
POST /settings                              in   >    >    >    >    >    >    /settings
GET /settings/address                       in   ok   ok   ok   ok   ok   ok
POST /settings/address                      in   >    >    >    >    >    >    /settings/address
POST /settings/address/keep                 in   >    >    >    >    >    >    /settings/address
GET /settings/password                      in   ok   ok   ok   ok   ok   ok
POST /settings/password                     in   >    >    >    >    >    >    /settings/password
GET /settings/sessions                      in   ok   ok   ok   ok   ok   ok
POST /settings/sessions/<int:session_id>/end
    own                                     in   >    >    >    >    >    >    /settings/sessions
    other                                   in   =    =    =    =    =    =    /settings/sessions
    missing                                 in   =    =    =    =    =    =    /settings/sessions
POST /settings/sessions/end-others          in   >    >    >    >    >    >    /settings/sessions
GET /settings/close                         in   ok   ok   ok   ok   ok   ok
POST /settings/close                        in   >    >    >    >    >    409  /
GET /settings/claims                        in   ok   ok   ok   ok   ok   ok
POST /settings/claims/<int:member_id>/claim
    own words                               in   403  >    >    >    >    >    /settings/claims
    other words                             in   403  404  404  404  404  404
    own                                     in   403  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
POST /settings/claims/<int:member_id>/refuse
    own words                               in   403  >    >    >    >    >    /settings/claims
    other words                             in   403  404  404  404  404  404
    own                                     in   403  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
GET /notices                                in   ok   ok   ok   ok   ok   ok
GET /notices/news                           in   ok   ok   ok   ok   ok   ok
POST /notices/read                          in   >    >    >    >    >    >    /notices
POST /notices/unread                        in   =    =    =    =    =    =    /notices
POST /notices/<int:notice_id>
    own                                     in   >    >    >    >    >    >    /ideas/*
    other                                   in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
GET /notices/searches                       in   ok   ok   ok   ok   ok   ok
POST /notices/searches                      in   403  >    >    >    >    >    /search*
POST /notices/searches/<int:search_id>
    own                                     in   >    >    >    >    >    >    /search*
    ended                                   in   >    >    >    >    >    >    /search*
    other                                   in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
POST /notices/searches/<int:search_id>/mail
    own                                     in   >    >    >    >    >    >    /notices/searches*
    other                                   in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
POST /notices/searches/<int:search_id>/end
    own                                     in   >    >    >    >    >    >    /notices/searches
    ended                                   in   =    =    =    =    =    =    /notices/searches
    other                                   in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
POST /notices/searches/<int:search_id>/again
    own                                     in   403  =    =    =    =    =    /notices/searches
    ended                                   in   403  >    >    >    >    >    /notices/searches
    other                                   in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404

# --- proposing
GET /ideas/new                              ok   ok   ok   ok   ok   ok   ok
POST /ideas/new                             401  403  >    >    >    >    >    /ideas/*
POST /ideas/preview                         in   ok   ok   ok   ok   ok   ok
POST /ideas/drafts                          in   403  ok   ok   ok   ok   ok
POST /ideas/drafts/<int:idea_id>/discard
    draft                                   in   404  404  >    404  404  404  /ideas/new
    public                                  in   404  404  404  404  404  404
    own                                     in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404
POST /ideas/drafts/<int:idea_id>/restore
    draft                                   in   404  404  =    404  404  404  /ideas/new
    public                                  in   404  404  404  404  404  404
    own                                     in   404  404  404  404  404  404
    missing                                 in   404  404  404  404  404  404

# --- an idea
GET /ideas/<int:idea_id>
    public                                  >    >    >    >    >    >    >    <idea>
    held                                    404  404  404  >    >    >    >    <idea>
    hidden                                  404  404  404  >    >    >    >    <idea>
    withdrawn                               404  404  404  >    >    >    >    <idea>
    draft                                   404  404  404  >    404  404  404  /ideas/new
    decided                                 >    >    >    >    >    >    >    <idea>
    own                                     404  >    >    >    >    >    >    <idea>
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>-
    public                                  >    >    >    >    >    >    >    <idea>
    held                                    404  404  404  >    >    >    >    <idea>
    draft                                   404  404  404  >    404  404  404  /ideas/new
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>-<slug>
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  ok   ok   ok   ok
    hidden                                  404  404  404  ok   ok   ok   ok
    withdrawn                               404  404  404  ok   ok   ok   ok
    draft                                   404  404  404  >    404  404  404  /ideas/new
    decided                                 ok   ok   ok   ok   ok   ok   ok
    own                                     404  ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>/news
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  ok   ok   ok   ok
    hidden                                  404  404  404  ok   ok   ok   ok
    withdrawn                               404  404  404  ok   ok   ok   ok
    draft                                   404  404  404  ok   404  404  404
    decided                                 ok   ok   ok   ok   ok   ok   ok
    own                                     404  ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>/like
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  ok   ok   ok   ok
    hidden                                  404  404  404  ok   ok   ok   ok
    withdrawn                               404  404  404  ok   ok   ok   ok
    draft                                   404  404  404  ok   404  404  404
    own                                     404  ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>/history
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  ok   ok   ok   ok
    hidden                                  404  404  404  ok   ok   ok   ok
    withdrawn                               404  404  404  ok   ok   ok   ok
    draft                                   404  404  404  ok   404  404  404
    own                                     404  ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>/edit
    public                                  in   403  403  ok   403  403  403
    held                                    in   404  404  ok   403  403  403
    hidden                                  in   404  404  409  403  403  403
    withdrawn                               in   404  404  409  403  403  403
    draft                                   in   404  404  >    404  404  404  /ideas/new
    decided                                 in   403  403  409  403  403  403
    own                                     in   403  ok   ok   ok   ok   ok
    missing                                 in   404  404  404  404  404  404
POST /ideas/<int:idea_id>/edit
    public                                  401  403  403  >    403  403  403  <idea>
    held                                    401  404  404  >    403  403  403  <idea>
    hidden                                  401  404  404  409  403  403  403
    withdrawn                               401  404  404  409  403  403  403
    draft                                   401  404  404  =    404  404  404  /ideas/new
    decided                                 401  403  403  409  403  403  403
    own                                     401  403  >    >    >    >    >    <idea>
    missing                                 401  404  404  404  404  404  404
GET /ideas/<int:idea_id>/withdraw
    public                                  in   403  403  ok   403  403  403
    held                                    in   404  404  ok   403  403  403
    hidden                                  in   404  404  409  403  403  403
    withdrawn                               in   404  404  409  403  403  403
    draft                                   in   404  404  409  404  404  404
    decided                                 in   403  403  409  403  403  403
    own                                     in   ok   ok   ok   ok   ok   ok
    missing                                 in   404  404  404  404  404  404
POST /ideas/<int:idea_id>/withdraw
    public                                  in   403  403  >    403  403  403  <idea>
    held                                    in   404  404  >    403  403  403  <idea>
    hidden                                  in   404  404  409  403  403  403
    withdrawn                               in   404  404  =    403  403  403  <idea>
    draft                                   in   404  404  409  404  404  404
    decided                                 in   403  403  409  403  403  403
    own                                     in   >    >    >    >    >    >    <idea>
    missing                                 in   404  404  404  404  404  404

# --- pictures: seen by whoever sees what they belong to
GET /pictures/<int:picture_id>/<digest>-<int:width>.webp
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  ok   ok   ok   ok
    hidden                                  404  404  404  ok   ok   ok   ok
    withdrawn                               404  404  404  ok   ok   ok   ok
    draft                                   404  404  404  ok   404  404  404
    decided                                 ok   ok   ok   ok   ok   ok   ok
    answer                                  ok   ok   ok   ok   ok   ok   ok
    comment public                          ok   ok   ok   ok   ok   ok   ok
    comment held                            404  404  404  ok   ok   404  ok
    comment hidden                          404  404  404  ok   ok   404  ok
    comment withdrawn                       404  404  404  404  404  404  404
    comment on held                         404  404  404  ok   ok   ok   ok
    pending                                 404  404  404  ok   404  404  404
    missing                                 404  404  404  404  404  404  404

# --- supporting and watching
GET /ideas/<int:idea_id>/vote
    public                                  >    >    >    >    >    >    >    <idea>
    held                                    404  404  404  >    >    >    >    <idea>
    draft                                   404  404  404  >    404  404  404  <idea>
    missing                                 404  404  404  404  404  404  404
GET /ideas/<int:idea_id>/unvote
    public                                  >    >    >    >    >    >    >    <idea>
    held                                    404  404  404  >    >    >    >    <idea>
    draft                                   404  404  404  >    404  404  404  <idea>
    missing                                 404  404  404  404  404  404  404
POST /ideas/<int:idea_id>/vote
    public                                  in   403  >    >    >    >    >    <idea>
    voted                                   in   403  =    =    =    =    =    <idea>
    held                                    404  404  404  409  409  409  409
    hidden                                  404  404  404  409  409  409  409
    withdrawn                               404  404  404  409  409  409  409
    draft                                   404  404  404  409  404  404  404
    decided                                 in   403  409  409  409  409  409
    own                                     404  403  409  409  409  409  409
    missing                                 404  404  404  404  404  404  404
POST /ideas/<int:idea_id>/unvote
    public                                  in   403  =    =    =    =    =    <idea>
    voted                                   in   403  >    >    >    >    >    <idea>
    held                                    404  404  404  409  409  409  409
    hidden                                  404  404  404  409  409  409  409
    withdrawn                               404  404  404  409  409  409  409
    draft                                   404  404  404  409  404  404  404
    decided                                 in   403  409  409  409  409  409
    own                                     404  403  409  409  409  409  409
    missing                                 404  404  404  404  404  404  404
POST /ideas/<int:idea_id>/watch
    public                                  in   403  >    >    >    >    >    <idea>
    held                                    in   404  404  403  403  403  403
    hidden                                  in   404  404  403  403  403  403
    withdrawn                               in   404  404  403  403  403  403
    draft                                   in   404  404  403  404  404  404
    decided                                 in   403  >    >    >    >    >    <idea>
    own                                     in   403  403  403  403  403  403
    missing                                 in   404  404  404  404  404  404
POST /ideas/<int:idea_id>/unwatch
    public                                  in   >    >    >    >    >    >    <idea>
    held                                    in   404  404  >    >    >    >    <idea>
    hidden                                  in   404  404  >    >    >    >    <idea>
    withdrawn                               in   404  404  >    >    >    >    <idea>
    draft                                   in   404  404  >    404  404  404  <idea>
    decided                                 in   >    >    >    >    >    >    <idea>
    own                                     in   >    >    >    >    >    >    <idea>
    missing                                 in   404  404  404  404  404  404

# --- discussing
GET /ideas/<int:idea_id>/comments
    public                                  in   403  ok   ok   ok   ok   ok
    held                                    in   404  404  403  ok   ok   ok
    hidden                                  in   404  404  403  403  403  403
    withdrawn                               in   404  404  403  403  403  403
    draft                                   in   404  404  403  404  404  404
    decided                                 in   403  ok   ok   ok   ok   ok
    own                                     in   403  403  403  ok   ok   ok
    missing                                 in   404  404  404  404  404  404
POST /ideas/<int:idea_id>/comments
    public                                  in   403  >    >    >    >    >    <idea>
    held                                    in   404  404  403  >    >    >    <idea>
    hidden                                  in   404  404  403  403  403  403
    withdrawn                               in   404  404  403  403  403  403
    draft                                   in   404  404  403  404  404  404
    decided                                 in   403  >    >    >    >    >    <idea>
    own                                     in   403  403  403  >    >    >    <idea>
    missing                                 in   404  404  404  404  404  404
GET /ideas/<int:idea_id>/comments/<int:comment_id>
    public                                  >    >    >    >    >    >    >    <idea>
    held                                    404  404  404  >    >    404  >    <idea>
    hidden                                  404  404  404  >    >    404  >    <idea>
    withdrawn                               404  404  404  404  404  404  404
    on held                                 404  404  404  >    >    >    >    <idea>
    own                                     404  >    >    >    >    >    >    <idea>
    elsewhere                               404  404  404  404  404  404  404
    missing                                 404  404  404  404  404  404  404
GET /comments/<int:comment_id>/history
    public                                  ok   ok   ok   ok   ok   ok   ok
    held                                    404  404  404  ok   ok   404  ok
    hidden                                  404  404  404  ok   ok   404  ok
    withdrawn                               404  404  404  404  404  404  404
    on held                                 404  404  404  ok   ok   ok   ok
    own                                     404  ok   ok   ok   ok   ok   ok
    missing                                 404  404  404  404  404  404  404
GET /comments/<int:comment_id>/edit
    public                                  in   403  403  ok   403  403  403
    held                                    in   404  404  ok   403  404  403
    hidden                                  in   404  404  409  403  404  403
    withdrawn                               in   404  404  404  404  404  404
    on held                                 in   404  404  403  ok   403  403
    own                                     in   403  ok   ok   ok   ok   ok
    missing                                 in   404  404  404  404  404  404
POST /comments/<int:comment_id>/edit
    public                                  in   403  403  >    403  403  403  <idea>
    held                                    in   404  404  >    403  404  403  <idea>
    hidden                                  in   404  404  409  403  404  403
    withdrawn                               in   404  404  404  404  404  404
    on held                                 in   404  404  403  >    403  403  <idea>
    own                                     in   403  >    >    >    >    >    <idea>
    missing                                 in   404  404  404  404  404  404
GET /comments/<int:comment_id>/remove
    public                                  in   403  403  ok   403  403  403
    held                                    in   404  404  ok   403  404  403
    hidden                                  in   404  404  409  403  404  403
    withdrawn                               in   404  404  404  404  404  404
    on held                                 in   404  404  403  ok   403  403
    own                                     in   ok   ok   ok   ok   ok   ok
    missing                                 in   404  404  404  404  404  404
POST /comments/<int:comment_id>/remove
    public                                  in   403  403  >    403  403  403  <idea>
    held                                    in   404  404  >    403  404  403  <idea>
    hidden                                  in   404  404  409  403  404  403
    withdrawn                               in   404  404  =    404  404  404  <idea>
    on held                                 in   404  404  403  >    403  403  <idea>
    own                                     in   >    >    >    >    >    >    <idea>
    missing                                 in   404  404  404  404  404  404

# --- moderating; what is one's own is for another moderator
GET /moderation                             in   403  403  403  ok   403  ok
GET /moderation/<any(ideas, comments):things>/<int:thing_id>
    idea:public                             in   403  403  403  ok   403  ok
    idea:held                               in   404  404  403  ok   403  ok
    idea:hidden                             in   404  404  403  ok   403  ok
    idea:withdrawn                          in   404  404  403  ok   403  ok
    idea:draft                              in   404  404  403  404  404  404
    idea:own                                in   403  403  403  403  403  403
    idea:missing                            in   404  404  404  404  404  404
    comment:public                          in   403  403  403  ok   403  ok
    comment:held                            in   404  404  403  ok   404  ok
    comment:hidden                          in   404  404  403  ok   404  ok
    comment:withdrawn                       in   404  404  404  404  404  404
    comment:own                             in   403  403  403  403  403  403
    comment:missing                         in   404  404  404  404  404  404
GET /moderation/<any(ideas, comments):things>/<int:thing_id>/approve
    idea:held                               in   404  404  403  ok   403  ok
    comment:held                            in   404  404  403  ok   404  ok
    idea:own                                in   403  403  403  403  403  403
GET /moderation/<any(ideas, comments):things>/<int:thing_id>/hide
    idea:public                             in   403  403  403  ok   403  ok
    comment:public                          in   403  403  403  ok   403  ok
    idea:own                                in   403  403  403  403  403  403
POST /moderation/<any(ideas, comments):things>/<int:thing_id>/approve
    idea:public                             in   403  403  403  409  403  409
    idea:held                               in   404  404  403  >    403  >    /moderation
    idea:hidden                             in   404  404  403  >    403  >    /moderation
    idea:withdrawn                          in   404  404  403  409  403  409
    idea:draft                              in   404  404  403  404  404  404
    idea:own                                in   403  403  403  403  403  403
    idea:missing                            in   404  404  404  404  404  404
    comment:public                          in   403  403  403  409  403  409
    comment:held                            in   404  404  403  >    404  >    /moderation
    comment:hidden                          in   404  404  403  >    404  >    /moderation
    comment:withdrawn                       in   404  404  404  404  404  404
    comment:own                             in   403  403  403  403  403  403
    comment:missing                         in   404  404  404  404  404  404
POST /moderation/<any(ideas, comments):things>/<int:thing_id>/hide
    idea:public                             in   403  403  403  >    403  >    /moderation
    idea:held                               in   404  404  403  >    403  >    /moderation
    idea:hidden                             in   404  404  403  409  403  409
    idea:withdrawn                          in   404  404  403  409  403  409
    idea:draft                              in   404  404  403  404  404  404
    idea:own                                in   403  403  403  403  403  403
    idea:missing                            in   404  404  404  404  404  404
    comment:public                          in   403  403  403  >    403  >    /moderation
    comment:held                            in   404  404  403  >    404  >    /moderation
    comment:hidden                          in   404  404  403  409  404  409
    comment:withdrawn                       in   404  404  404  404  404  404
    comment:own                             in   403  403  403  403  403  403
    comment:missing                         in   404  404  404  404  404  404
POST /moderation/rulings/<int:ruling_id>/undo
    own                                     in   403  403  403  >    403  >    /moderation
    other                                   in   403  403  403  403  403  403
    missing                                 in   403  403  403  404  403  404

# --- deciding
GET /backlog                                in   403  403  403  ok   ok   ok
GET /backlog.csv                            in   403  403  403  ok   ok   ok
GET /backlog/waiting.csv                    in   403  403  403  ok   ok   ok
GET /backlog/board                          in   403  403  403  ok   ok   ok
GET /ideas/<int:idea_id>/answer
    public                                  in   403  403  403  403  ok   ok
    held                                    in   404  404  403  403  403  403
    hidden                                  in   404  404  403  403  403  403
    withdrawn                               in   404  404  403  403  403  403
    draft                                   in   404  404  403  404  404  404
    decided                                 in   403  403  403  403  ok   ok
    own                                     in   403  403  403  403  403  403
    missing                                 in   404  404  404  404  404  404
POST /ideas/<int:idea_id>/answer
    public                                  in   403  403  403  403  >    >    <idea>
    held                                    in   404  404  403  403  403  403
    hidden                                  in   404  404  403  403  403  403
    withdrawn                               in   404  404  403  403  403  403
    draft                                   in   404  404  403  404  404  404
    decided                                 in   403  403  403  403  >    >    <idea>
    own                                     in   403  403  403  403  403  403
    missing                                 in   404  404  404  404  404  404
POST /ideas/<int:idea_id>/own
    public                                  in   403  403  403  403  >    >    <idea>
    held                                    in   404  404  403  403  403  403
    hidden                                  in   404  404  403  403  403  403
    withdrawn                               in   404  404  403  403  403  403
    draft                                   in   404  404  403  404  404  404
    decided                                 in   403  403  403  403  >    >    <idea>
    own                                     in   403  403  403  403  403  403
    missing                                 in   404  404  404  404  404  404

# --- what people look for
GET /admin/searches                         in   403  403  403  ok   ok   ok
GET /admin/searches/popular                 in   403  403  403  ok   ok   ok
GET /admin/searches/synonyms                in   403  403  403  ok   ok   ok
POST /admin/searches/synonyms               in   403  403  403  >    >    >    /admin/searches/synonyms
POST /admin/searches/synonyms/<int:synonym_id>/remove
    there                                   in   403  403  403  >    >    >    /admin/searches/synonyms
    missing                                 in   403  403  403  404  404  404
GET /admin/searches/redirects               in   403  403  403  ok   ok   ok
POST /admin/searches/redirects              in   403  403  403  >    >    >    /admin/searches/redirects
POST /admin/searches/redirects/<int:redirect_id>/remove
    there                                   in   403  403  403  >    >    >    /admin/searches/redirects
    missing                                 in   403  403  403  404  404  404
GET /admin/searches/<int:question_id>
    there                                   in   403  403  403  ok   ok   ok
    missing                                 in   403  403  403  404  404  404
POST /admin/searches/<int:question_id>/synonym
    there                                   in   403  403  403  >    >    >    /admin/searches
    missing                                 in   403  403  403  404  404  404
POST /admin/searches/<int:question_id>/redirect
    there                                   in   403  403  403  >    >    >    /admin/searches
    missing                                 in   403  403  403  404  404  404
POST /admin/searches/<int:question_id>/tag
    there                                   in   403  403  403  >    >    >    /admin/searches
    missing                                 in   403  403  403  404  404  404
POST /admin/searches/<int:question_id>/dismiss
    there                                   in   403  403  403  >    >    >    /admin/searches
    settled                                 in   403  403  403  =    =    =    /admin/searches
    missing                                 in   403  403  403  404  404  404
POST /admin/searches/<int:question_id>/restore
    there                                   in   403  403  403  =    =    =    /admin/searches
    settled                                 in   403  403  403  >    >    >    /admin/searches
    missing                                 in   403  403  403  404  404  404
POST /admin/searches/<int:question_id>/popular
    popular                                 in   403  403  403  >    >    >    /admin/searches/popular
    there                                   in   403  403  403  409  409  409
    missing                                 in   403  403  403  404  404  404

# --- running the portal
GET /admin                                  in   403  403  403  403  403  ok
GET /styleguide                             in   403  403  403  ok   ok   ok
GET /admin/activity.csv                     in   403  403  403  403  403  ok
GET /admin/brand                            in   403  403  403  403  403  ok
POST /admin/brand                           in   403  403  403  403  403  >    /admin/brand
GET /admin/brand/preview.css                in   403  403  403  403  403  ok
GET /admin/settings                         in   403  403  403  403  403  ok
POST /admin/settings                        in   403  403  403  403  403  >    /admin/settings
GET /admin/areas                            in   403  403  403  403  403  ok
POST /admin/areas                           in   403  403  403  403  403  >    /admin/areas
GET /admin/areas/<int:area_id>
    there                                   in   403  403  403  403  403  ok
    missing                                 in   403  403  403  403  403  404
POST /admin/areas/<int:area_id>
    there                                   in   403  403  403  403  403  >    /admin/areas
    missing                                 in   403  403  403  403  403  404
POST /admin/areas/<int:area_id>/close
    there                                   in   403  403  403  403  403  >    /admin/areas
    closed                                  in   403  403  403  403  403  =    /admin/areas
    missing                                 in   403  403  403  403  403  404
POST /admin/areas/<int:area_id>/move
    there                                   in   403  403  403  403  403  >    /admin/areas
    missing                                 in   403  403  403  403  403  404
POST /admin/areas/<int:area_id>/reopen
    there                                   in   403  403  403  403  403  =    /admin/areas
    closed                                  in   403  403  403  403  403  >    /admin/areas
    missing                                 in   403  403  403  403  403  404
GET /admin/deliveries                       in   403  403  403  403  403  ok
POST /admin/deliveries/again                in   403  403  403  403  403  >    /admin/deliveries
POST /admin/deliveries/<int:delivery_id>/again
    there                                   in   403  403  403  403  403  >    /admin/deliveries
    missing                                 in   403  403  403  403  403  404
GET /admin/mail                             in   403  403  403  403  403  ok
GET /admin/mail/<name>
    mail                                    in   403  403  403  403  403  ok
    missing                                 in   403  403  403  403  403  404
GET /admin/mail/<name>/file
    mail                                    in   403  403  403  403  403  ok
    missing                                 in   403  403  403  403  403  404
GET /admin/members                          in   403  403  403  403  403  ok
POST /admin/members/<int:member_id>/role
    other                                   in   403  403  403  403  403  >    /admin/members
    own                                     in   403  403  403  403  403  409
    missing                                 in   403  403  403  403  403  404
GET /admin/export                           in   403  403  403  403  403  ok
GET /admin/export/export.<format>
    csv                                     in   403  403  403  403  403  ok
    jsonl                                   in   403  403  403  403  403  ok
    missing                                 in   403  403  403  403  403  404
GET /admin/import                           in   403  403  403  403  403  ok
POST /admin/import                          in   403  403  403  403  403  >    /admin/import/*
GET /admin/import/<int:run_id>
    waiting                                 in   403  403  403  403  403  ok
    done                                    in   403  403  403  403  403  ok
    missing                                 in   403  403  403  403  403  404
POST /admin/import/<int:run_id>
    waiting                                 in   403  403  403  403  403  >    /admin/import/*
    done                                    in   403  403  403  403  403  409
    missing                                 in   403  403  403  403  403  404
# Discarding takes files away and changes no row.
POST /admin/import/<int:run_id>/discard
    spare                                   in   403  403  403  403  403  =    /admin/import
    missing                                 in   403  403  403  403  403  404
GET /admin/import/<int:run_id>/refused.csv
    waiting                                 in   403  403  403  403  403  404
    done                                    in   403  403  403  403  403  ok
    missing                                 in   403  403  403  403  403  404
GET /admin/import/authors                   in   403  403  403  403  403  ok
POST /admin/import/authors/<int:member_id>
    other words                             in   403  403  403  403  403  >    /admin/import/authors
    other                                   in   403  403  403  403  403  404
    missing                                 in   403  403  403  403  403  404
"""
