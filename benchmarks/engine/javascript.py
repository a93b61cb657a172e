"""npm `bpmn-engine`, pinned, installed into a folder that is gone afterwards, run by Node on the same file."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.engine.measuring import Sample, Window, gathered
from benchmarks.engine.process import AGAIN, FILE, FIRST, steps

HERE = Path(__file__).parent / "node"


def rounds(count: int) -> list[Window] | str:
    """So many steps in one case; or why they could not be made."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "Node and npm are not on this machine's path"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", "run.mjs"):
            shutil.copy(HERE / name, folder)
        words = json.dumps({"first": FIRST, "steps": list(steps(count)), "answer": AGAIN})
        try:
            _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder)
            told = json.loads(_run(["node", "run.mjs", str(FILE), folder, words], folder))
            return gathered([Sample(**step) for step in told])
        except subprocess.CalledProcessError as failure:
            return str(failure.stderr).strip().splitlines()[-1] if failure.stderr else str(failure)


def _run(command: list[str], folder: str) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=1800).stdout
