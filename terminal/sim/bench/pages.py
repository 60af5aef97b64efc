"""The bench's pages: what is asked, what is answered.

GET  /                                  the page
GET  /bench/events                      its changes, as server-sent events
GET  /bench/state                       every view and control, as JSON
POST /bench/<simulator>/<control>       presses a control; form field `argument`
POST /bench/<simulator>/faults          arms a fault; form fields `point`, `fault`
GET  /bench/label?code=…&value=…        the label of a scale, for a weight or price of one's own
GET  /bench/<simulator>/receipts/<n>.png, .txt
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from terminal.sim.payment_faults import BadFault, PaymentSim
from terminal.sim.simulator import Simulator, UnknownControl

from .guard import Guard, Refused, form_of
from .shelf import Shelf
from .show import FILTERS, device

PRESS_TIMEOUT = 5.0
"""Seconds that a control may take."""
MAX_ARGUMENT = 4096
"""Characters."""
MAX_STREAMS = 16
"""Pages open at a time."""
_LOOK = 0.05
"""Seconds between two looks at the simulators."""
_BEAT = 15.0
"""Seconds after which a stream says that it is still there."""
_PICTURES = 32
"""Receipts whose pictures are kept."""

_HERE = Path(__file__).parent
_STATIC = {"bench.css": "text/css", "bench.js": "text/javascript", "bench.svg": "image/svg+xml"}


class Bench:
    """The simulators and what lies on the bench. `till` and `note` are shown at the top: where the till's screen is,
    and what a newcomer must know. After `close` the streams end.
    """

    def __init__(
        self, simulators: tuple[Simulator, ...], shelf: Shelf | None = None, *, till: str = "", note: str = ""
    ) -> None:
        self._simulators = {simulator.name: simulator for simulator in simulators}
        self._shelf = shelf or Shelf()
        self._till, self._note = till, note
        self.streams = 0
        """Pages that follow now."""
        self._closed = False
        self._pictures: dict[tuple[str, int, int], bytes] = {}
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
        )
        self._templates.filters.update(FILTERS)

    def close(self) -> None:
        """End every stream."""
        self._closed = True

    # --- pages

    async def page(self, request: Request) -> Response:
        """The whole page."""
        scanners = [s.name for s in self._simulators.values() if any(c.name == "scan" for c in s.controls())]
        devices = [device(s) for s in self._simulators.values()]
        printing = [each for each in devices if each.papers is not None]
        # What is worked before the scanner, which is clicked on the shelf.
        quiet = sorted((each for each in devices if each.papers is None), key=lambda each: each.faults is None)
        text = self._templates.get_template("bench.html").render(
            scanners=scanners,
            columns=[column for column in (quiet, printing) if column],
            shelf=self._shelf.of_today(),
            till=self._till,
            note=self._note,
        )
        return HTMLResponse(text)

    async def label(self, request: Request) -> Response:
        """A scale's label."""
        code, value = request.query_params.get("code", ""), request.query_params.get("value", "")
        try:
            ticket = self._shelf.label(code, value)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        return HTMLResponse(self._templates.get_template("label.html").render(ticket=ticket))

    async def state(self, request: Request) -> Response:
        """Everything, as JSON."""
        state = {
            name: {
                "address": simulator.address,
                "version": simulator.version,
                "view": simulator.view(),
                "controls": simulator.controls(),
            }
            for name, simulator in self._simulators.items()
        }
        return Response(msgspec.json.encode({"simulators": state}), media_type="application/json")

    async def events(self, request: Request) -> Response:
        """The stream."""
        if self.streams >= MAX_STREAMS:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"{MAX_STREAMS} pages are open already.")
        return _Stream(self)

    async def changes(self) -> AsyncIterator[str]:
        """The events, until closed: first everything, then what has changed."""
        seen: dict[str, int] = {}
        beat = anyio.current_time()
        while not self._closed:
            changed = [s for s in self._simulators.values() if seen.get(s.name) != s.version]
            seen.update((simulator.name, simulator.version) for simulator in changed)
            if changed:
                yield f"data: {msgspec.json.encode(self._fragments(changed)).decode()}\n\n"
            elif anyio.current_time() > beat + _BEAT:
                beat = anyio.current_time()
                yield ": still here\n\n"
            await anyio.sleep(_LOOK)

    def _fragments(self, simulators: list[Simulator]) -> dict[str, str]:
        """The inside of each element that changes, by its id."""
        macros: Any = self._templates.get_template("device.html").module
        shown = [device(simulator) for simulator in simulators]
        views = {f"view-{each.name}": str(macros.view(each)) for each in shown}
        keys = {f"controls-{each.name}": str(macros.controls(each)) for each in shown}
        # Those alone: what a person has chosen in the lists beside them stays.
        armed = {f"armed-{each.name}": str(macros.armed(each)) for each in shown if each.faults}
        return views | keys | armed

    # --- controls

    async def press(self, request: Request) -> Response:
        """Press a control."""
        simulator = self._simulator(request)
        form = await form_of(request)
        argument = form.pop("argument", "")
        if form:
            raise Refused(HTTPStatus.BAD_REQUEST, "The form has one field: argument.")
        if len(argument) > MAX_ARGUMENT:
            raise Refused(HTTPStatus.BAD_REQUEST, f"An argument has at most {MAX_ARGUMENT} characters.")
        with anyio.move_on_after(PRESS_TIMEOUT) as patience:
            try:
                await simulator.press(request.path_params["control"], argument)
            except UnknownControl as error:
                raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        if patience.cancelled_caught:
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, f"{simulator.name} did not take it: nobody reads the wire.")
        return self._done(request)

    async def arm(self, request: Request) -> Response:
        """Arm a fault."""
        simulator = self._simulator(request)
        form = await form_of(request)
        if not isinstance(simulator, PaymentSim) or set(form) != {"point", "fault"}:
            raise Refused(HTTPStatus.BAD_REQUEST, "A fault has two fields, point and fault, and strikes a payment.")
        try:
            simulator.arm(form["point"], form["fault"])
        except BadFault as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        return self._done(request)

    @staticmethod
    def _done(request: Request) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    # --- receipts

    async def receipt(self, request: Request) -> Response:
        """One receipt, as picture or text."""
        simulator = self._simulator(request)
        number, _, kind = request.path_params["file"].partition(".")
        receipts = {str(receipt.number): receipt for receipt in getattr(simulator, "receipts", ())}
        receipt = receipts.get(number)
        if receipt is None or kind not in ("png", "txt"):
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such receipt.")
        if kind == "txt":
            return PlainTextResponse(receipt.text)
        key = (simulator.name, receipt.number, len(receipt.raw))
        if key not in self._pictures:
            self._pictures[key] = await anyio.to_thread.run_sync(receipt.png)
            for old in list(self._pictures)[:-_PICTURES]:
                del self._pictures[old]
        return Response(self._pictures[key], media_type="image/png")

    def _simulator(self, request: Request) -> Simulator:
        simulator = self._simulators.get(request.path_params["simulator"])
        if simulator is None:
            raise Refused(HTTPStatus.NOT_FOUND, "There is no such simulator.")
        return simulator


class _Stream(StreamingResponse):
    """The changes to one page; counted while it is open."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.changes(), media_type="text/event-stream")
        self._bench = bench

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._bench.streams += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._bench.streams -= 1


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        raise Refused(HTTPStatus.NOT_FOUND, "There is no such file.")
    return Response(await anyio.Path(_HERE / "static" / name).read_bytes(), media_type=_STATIC[name])


async def _home(request: Request) -> Response:
    return RedirectResponse("/")


async def _refused(request: Request, error: Exception) -> Response:
    match error:
        case Refused(status=status, reason=reason):
            return PlainTextResponse(f"{reason}\n", status)
        case HTTPException(status_code=code, detail=detail, headers=headers):
            return PlainTextResponse(f"{detail}\n", code, headers)
        case _:
            raise error


def build(bench: Bench, names: tuple[str, ...] = ()) -> Starlette:
    """The application. `names`: host names it answers to beside localhost and addresses."""

    def get(path: str, page: Callable[[Request], Awaitable[Response]]) -> Route:
        return Route(path, page, methods=["GET"])

    app = Starlette(
        routes=[
            get("/", bench.page),
            get("/bench", _home),
            get("/bench/events", bench.events),
            get("/bench/state", bench.state),
            get("/bench/label", bench.label),
            get("/bench/{simulator}/receipts/{file}", bench.receipt),
            get("/static/{name}", _static),
            Route("/bench/{simulator}/faults", bench.arm, methods=["POST"]),
            Route("/bench/{simulator}/{control}", bench.press, methods=["POST"]),
        ],
        middleware=[Middleware(Guard, names=names)],
        exception_handlers={Refused: _refused, HTTPException: _refused},
    )
    # One address a page: no redirects to names the guard has not looked at.
    app.router.redirect_slashes = False
    return app
