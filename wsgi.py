"""The WSGI application, for any server: `wsgi:app`."""

from cocreate import create_app

app = create_app()
