"""Servers that start at once: the program is read once, each life is a fork that can be killed.

Reads `start` on standard input, answers with the new process's number. The killed process is a whole server of
the product: what it had in memory is gone, as after any crash.
"""

import os
import sys

import uvicorn
from sqlmodel import select

from api.app import create_app
from api.rendering.environment import environment
from workflows import releases
from workflows.releases.tables import Release
from workflows.records.session import engine, reading
from workflows.scenarios import run_file
from workflows.settings import ROOT


def main(port: int) -> None:
    """Serve lives till standard input ends."""
    with reading() as session:
        for release in session.exec(select(Release.id)).all():
            releases.load(session, release)
    pages = environment("zh_CN")
    for template in pages.list_templates(extensions=["html"]):
        pages.get_template(template)
    assert run_file(ROOT / "bpmn/dibao/scenarios/db_01_urban_normal.toml").good     # elsewhere, so that no life says its first sentence
    engine().dispose()
    app = create_app()
    print("ready", flush=True)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
