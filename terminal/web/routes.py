"""Every path of the screens, who may use it, and what it does. A path that is not here is 404."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from . import act_calibrate, act_devices, act_dialog, act_pay, act_sale, act_screen, act_tender
from . import forms as f
from .access import Role
from .call import Call
from .http import Reply
from .pages import Page

Handler = Callable[[Call, Any], Reply | Awaitable[Reply | None] | None]


class Post(msgspec.Struct, frozen=True):
    """A change."""

    path: str
    role: Role
    form: type[f.Form]
    do: Handler


class Get(msgspec.Struct, frozen=True):
    """Something to read."""

    path: str
    role: Role
    shows: Page


_T = Role.TILL

POSTS: tuple[Post, ...] = (
    Post("/login", Role.OPEN, f.AccessKey, act_screen.log_in),
    Post("/till/scan", _T, f.Scanned, act_sale.scan),
    Post("/till/add", _T, f.Touched, act_sale.add),
    Post("/till/weigh", _T, f.Weighed, act_sale.weigh),
    Post("/till/weigh-again", _T, f.Touched, act_sale.weigh_again),
    Post("/till/line", _T, f.LineChosen, act_sale.choose),
    Post("/till/key", _T, f.Pad, act_sale.pad),
    Post("/till/undo", _T, f.Nothing, act_sale.undo),
    Post("/till/department", _T, f.Department, act_screen.department),
    Post("/till/search", _T, f.Search, act_screen.search),
    Post("/till/pane", _T, f.Pane, act_screen.pane),
    Post("/till/looks", _T, f.Looks, act_screen.looks),
    Post("/till/open", _T, f.Open, act_dialog.open_dialog),
    Post("/till/close", _T, f.Nothing, act_dialog.close_dialog),
    Post("/till/void", _T, f.Chosen, act_dialog.void),
    Post("/till/discount", _T, f.LineDiscount, act_dialog.discount_line),
    Post("/till/sale-discount", _T, f.SaleDiscount, act_dialog.discount_sale),
    Post("/till/sale-discount-off", _T, f.SaleDiscount, act_dialog.no_sale_discount),
    Post("/till/price", _T, f.Priced, act_dialog.price),
    Post("/till/park", _T, f.Parked, act_dialog.park),
    Post("/till/new", _T, f.SaleNumber, act_dialog.new_sale),
    Post("/till/resume", _T, f.SaleNumber, act_dialog.resume),
    Post("/till/receipt", _T, f.ReceiptWanted, act_dialog.find_receipt),
    Post("/till/return", _T, f.GivenBack, act_dialog.give_back),
    Post("/till/copy", _T, f.ReceiptWanted, act_dialog.copy),
    Post("/till/drawer", _T, f.DrawerOpening, act_dialog.drawer),
    Post("/till/pay", _T, f.SaleNumber, act_pay.start),
    Post("/till/old-enough", _T, f.OfSale, act_pay.old_enough),
    Post("/till/back", _T, f.Nothing, act_pay.back),
    Post("/till/cash", _T, f.Cash, act_pay.cash),
    Post("/till/by", _T, f.By, act_pay.by),
    Post("/till/payment/cancel", _T, f.Nothing, act_pay.cancel),
    Post("/till/payment/ask", _T, f.Nothing, act_pay.ask),
    Post("/till/payment/settle", _T, f.Settled, act_pay.settle),
    Post("/till/payment/settled", _T, f.SettledBy, act_pay.settled),
    Post("/till/payment/aside", _T, f.SaleNumber, act_pay.set_aside),
    Post("/till/gift", _T, f.GiftPaid, act_tender.gift),
    Post("/till/account", _T, f.OnAccount, act_tender.account),
    Post("/till/open-other", _T, f.OtherKind, act_tender.open_other),
    Post("/till/other", _T, f.OtherPaid, act_tender.other),
    Post("/till/pay-back", _T, f.SaleNumber, act_tender.pay_back),
    Post("/till/pay-back-otherwise", _T, f.BackBy, act_tender.pay_back_otherwise),
    Post("/till/take-back", _T, f.TakenBack, act_tender.take_back),
    Post("/till/day-end", _T, f.Nothing, act_tender.end_day),
    Post("/till/gift-card", _T, f.GiftCard, act_tender.gift_card),
    Post("/till/next", _T, f.Nothing, act_pay.next_customer),
    Post("/till/print/again", _T, f.Job, act_pay.print_again),
    Post("/till/print/copy", _T, f.Job, act_pay.print_copy),
    Post("/till/print/done", _T, f.Job, act_pay.print_done),
    Post("/devices/test", _T, f.DeviceName, act_devices.test),
    Post("/devices/look", _T, f.Nothing, act_devices.look),
    Post("/devices/scan", _T, f.Nothing, act_devices.scan),
    Post("/calibrate/start", _T, f.Nothing, act_calibrate.start),
    Post("/calibrate/stop", _T, f.Nothing, act_calibrate.stop),
    Post("/calibrate/forget", _T, f.ScannerNamed, act_calibrate.forget),
    Post("/calibrate/print", _T, f.Nothing, act_calibrate.print_code),
    Post("/status/receipt", _T, f.ReceiptWanted, act_screen.show_receipt),
)

GETS: tuple[Get, ...] = (
    Get("/", _T, Page.HOME),
    Get("/till", _T, Page.TILL),
    Get("/till/stream", _T, Page.TILL_STREAM),
    Get("/status", _T, Page.STATUS),
    Get("/status/stream", _T, Page.STATUS_STREAM),
    Get("/devices", _T, Page.DEVICES),
    Get("/devices/stream", _T, Page.DEVICES_STREAM),
    Get("/devices/news/stream", _T, Page.DEVICES_NEWS),
    Get("/devices.json", _T, Page.DEVICES_JSON),
    Get("/customer", _T, Page.CUSTOMER),
    Get("/customer/stream", _T, Page.CUSTOMER_STREAM),
    Get("/calibrate", _T, Page.CALIBRATE),
    Get("/calibrate/stream", _T, Page.CALIBRATE_STREAM),
    Get("/login", Role.OPEN, Page.LOGIN),
    Get("/health", Role.OPEN, Page.HEALTH),
    Get("/static/kasse.css", Role.OPEN, Page.STATIC),
    Get("/static/customer.css", Role.OPEN, Page.STATIC),
    Get("/static/kasse.js", Role.OPEN, Page.STATIC),
    Get("/static/icon.svg", Role.OPEN, Page.STATIC),
)
