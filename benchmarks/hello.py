"""The least that Flask can answer: what everything is measured against."""

from flask import Flask

app = Flask(__name__)


@app.route("/")
def hello() -> str:
    return "hello"
