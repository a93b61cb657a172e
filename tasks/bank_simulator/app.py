"""The simulator's wire: files, results, queries, and a page to let things go wrong. For demonstrations and tests."""

from collections.abc import Callable, Mapping
from html import escape
from threading import Lock
from typing import Annotated, TypeVar

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from tasks.bank_simulator.counter import FILE_FAULTS, WORDS, Counter, Fault, NotTaken

Said = TypeVar("Said")
LABEL = "模拟银行 SIMULATOR"
FAULT_WORDS = {**WORDS, "LATE": "回盘延迟一次", "DUPLICATE": "同批再给一份回盘", "WRONG_TOTAL": "回盘总额错误一次"}
PLACES = {"account": "账号", "batch": "批次(* 为任意)", "next": "接下来几笔"}


def build(counter: Counter) -> FastAPI:
    """The simulator around one counter; requests take turns, as at a counter."""
    app = FastAPI(title=LABEL, docs_url=None, redoc_url=None)
    turn = Lock()

    @app.post("/files/{name}")
    async def take(name: str, request: Request) -> Mapping[str, str]:
        content = await request.body()
        with turn:
            return {"receipt": _or_refuse(lambda: counter.take(content, name))}

    @app.get("/results/{batch}")
    def result(batch: str) -> Response:
        with turn:
            content = counter.result(batch)
        return Response(content, media_type="text/csv") if content is not None else Response(status_code=204)

    @app.get("/transfers/{trace}")
    def query(trace: str) -> Mapping[str, object]:
        with turn:
            return counter.query(trace)

    @app.post("/faults", status_code=303)
    def add(place: Annotated[str, Form()], code: Annotated[str, Form()], key: Annotated[str, Form()] = "",
            truth: Annotated[str, Form()] = "00", left: Annotated[int, Form()] = 1) -> RedirectResponse:
        with turn:
            _or_refuse(lambda: counter.add(Fault(place, key.strip(), code, truth, left)))
        return RedirectResponse("/", status_code=303)

    @app.post("/faults/{fault}/forget", status_code=303)
    def forget(fault: int) -> RedirectResponse:
        with turn:
            counter.forget(fault)
        return RedirectResponse("/", status_code=303)

    @app.post("/accounts", status_code=303)
    def knows(account: Annotated[str, Form()], name: Annotated[str, Form()]) -> RedirectResponse:
        with turn:
            counter.knows(account.strip(), name.strip())
        return RedirectResponse("/", status_code=303)

    app.add_api_route("/health", lambda: {"is": LABEL})

    @app.get("/", response_class=HTMLResponse)
    def page() -> str:
        with turn:
            return _page(counter)

    return app


def _or_refuse(ask: Callable[[], Said]) -> Said:
    try:
        return ask()
    except NotTaken as refused:
        raise HTTPException(409, str(refused)) from refused


def _page(counter: Counter) -> str:
    faults = "".join(
        f"<tr><td>{PLACES[f.place]}<td>{escape(f.key)}<td>{f.code} {FAULT_WORDS[f.code]}<td>{f.left}"
        f"<td><form method=post action=/faults/{n}/forget><button>撤销</button></form>" for n, f in counter.faults())
    batches = "".join(f"<tr><td>{escape(b)}<td>{n}<td>{paid}<td>{fen / 100:,.2f}" for b, n, paid, fen in counter.batches())
    codes = "".join(f"<option value={c}>{c} {FAULT_WORDS[c]}" for c in (*list(WORDS)[1:], *FILE_FAULTS))
    places = "".join(f"<option value={p}>{w}" for p, w in PLACES.items())
    return f"""<!doctype html><html lang=zh-CN><meta charset=utf-8><title>{LABEL}</title>
<style>body{{font:16px/1.6 sans-serif;max-width:56rem;margin:0 auto;padding:0 1rem}}
.sim{{background:#b00;color:#fff;padding:.5rem 1rem}}td,th{{padding:.2rem .8rem;text-align:left}}
fieldset{{margin:1rem 0}}label{{margin-right:1rem}}</style>
<p class=sim role=note><strong>{LABEL}</strong> 仅供演示和测试,不是银行,不划转任何资金。
<h1>{LABEL}</h1>
<form method=post action=/faults><fieldset><legend>让它出错</legend>
<label>对象 <select name=place>{places}</select></label> <label>账号/批次 <input name=key></label>
<label>结果 <select name=code>{codes}</select></label> <label>次数 <input name=left type=number value=1 min=1></label>
<label>R08 查询后为 <select name=truth><option value=00>成功<option value=R01>R01<option value=R04>R04</select></label>
<button>加入</button></fieldset></form>
<form method=post action=/accounts><fieldset><legend>预设户名(此前未见过的账号以首次户名为准)</legend>
<label>账号 <input name=account></label> <label>户名 <input name=name></label> <button>记下</button></fieldset></form>
<h2>待生效的错误</h2><table><tr><th>对象<th>账号/批次<th>结果<th>剩余<th></tr>{faults}</table>
<h2>收到的批次</h2><table><tr><th>批次<th>笔数<th>成功<th>金额(元)</tr>{batches}</table></html>"""
