"""Order tickets: each line is ordered once, by what has changed, for the printers of its department."""

import msgspec
import pytest

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.item import ONE
from terminal.domain.payment import CardSlip, Declined
from terminal.domain.till import OrderPrinter
from tests.domain.playbook import ALL, BEER, BOTTLE, BREAD, CHEESE, MILK, Playbook, kr

KITCHEN = OrderPrinter("kitchen", frozenset({"Bageri", "Mejeri"}))
BAR = OrderPrinter("bar", frozenset({"Øl"}))


def cafe(*printers: OrderPrinter) -> Playbook:
    return Playbook(msgspec.structs.replace(ALL, orders=printers or (KITCHEN, BAR)))


def tables() -> Playbook:
    """A place that cooks before it is paid."""
    return cafe(msgspec.structs.replace(KITCHEN, set_aside=True))


def ordered(event: e.AnyEvent) -> dict[str, list[tuple[str, int]]]:
    """Printer → its lines."""
    assert isinstance(event, e.SaleClosed | e.SaleParked | e.SaleVoided | e.SaleResumed)
    return {job.order.printer: [(line.name, line.quantity) for line in job.order.lines] for job in event.orders}


def test_a_paid_sale_is_ordered_where_it_is_made() -> None:
    till = cafe()
    till.adds(BEER, quantity=2 * ONE, deposit=BOTTLE)
    till.does(c.ConfirmAge())
    till.adds(BREAD)
    till.does(c.AddItem(CHEESE, 250))
    till.pays_cash(kr(500))
    closed = till.history[-1]
    assert ordered(closed) == {"kitchen": [("Rugbrød", 1000), ("Danbo 45+", 250)], "bar": [("Pilsner 33 cl", 2000)]}
    assert [(job.id, job.printer, job.receipt is not None) for job in till.state.jobs.values()] == [
        (1, "", True),
        (2, "kitchen", False),
        (3, "bar", False),
    ]
    order = till.state.jobs[2].order
    assert order is not None
    assert (order.number, order.cashier, order.sale) == ("1-1", "Kasse", 1)
    assert till.state.next_job == 4


def test_what_nobody_makes_is_not_ordered() -> None:
    till = cafe(BAR)
    till.sells(MILK, BREAD)
    assert ordered(till.history[-1]) == {}
    assert list(till.state.jobs) == [1]


def test_a_counter_orders_nothing_before_it_is_paid() -> None:
    till = cafe()
    till.adds(BREAD)
    assert ordered(till.does(c.ParkSale("Ole"))) == {}
    till.does(c.ResumeSale(1))
    till.pays_cash(kr(50))
    assert ordered(till.history[-1]) == {"kitchen": [("Rugbrød", 1000)]}


def test_a_table_orders_when_it_is_set_aside_and_then_only_what_is_new() -> None:
    till = tables()
    till.adds(BREAD, quantity=2 * ONE)
    till.adds(MILK)
    assert ordered(till.does(c.ParkSale("Bord 4"))) == {"kitchen": [("Rugbrød", 2000), ("Sødmælk 1 l", 1000)]}
    till.does(c.ResumeSale(1))
    assert ordered(till.does(c.ParkSale("Bord 4"))) == {}
    till.does(c.ResumeSale(1))
    till.does(c.ChangeQuantity(1, 3 * ONE))
    till.does(c.RemoveLine(2))
    parked = till.does(c.ParkSale("Bord 4"))
    assert ordered(parked) == {"kitchen": [("Rugbrød", 1000), ("Sødmælk 1 l", -1000)]}
    assert isinstance(parked, e.SaleParked)
    assert parked.orders[0].order.name == "Bord 4"
    till.does(c.ResumeSale(1))
    till.pays_cash(kr(100))
    assert ordered(till.history[-1]) == {}


def test_a_table_that_makes_room_for_another_is_ordered_too() -> None:
    till = tables()
    till.adds(BREAD)
    till.does(c.ParkSale("Bord 1"))
    till.adds(MILK)
    assert ordered(till.does(c.ResumeSale(1))) == {"kitchen": [("Sødmælk 1 l", 1000)]}
    assert till.state.jobs[2].order is not None
    assert till.state.sales[2].ordered != ()
    assert ordered(till.does(c.ResumeSale(2))) == {}


def test_a_table_that_is_given_up_calls_its_order_off() -> None:
    till = tables()
    till.adds(BREAD)
    till.does(c.ParkSale("Bord 4"))
    till.does(c.ResumeSale(1))
    assert ordered(till.does(c.VoidSale("Gik igen"))) == {"kitchen": [("Rugbrød", -1000)]}
    assert [job.printer for job in till.state.jobs.values()] == ["kitchen", "kitchen"]


def test_every_ticket_of_a_table_names_it() -> None:
    till = tables()
    till.adds(BREAD)
    till.does(c.ParkSale("Bord 4"))
    till.does(c.ResumeSale(1))
    till.adds(MILK)
    # Set aside without typing its name again, and to make room for another.
    aside = till.does(c.ParkSale())
    till.adds(BREAD)
    till.does(c.ResumeSale(1))
    till.adds(CHEESE, quantity=500)
    made_room = till.does(c.ResumeSale(2))
    assert [sale.parked_as for sale in till.state.parked] == ["Bord 4"]
    till.does(c.ResumeSale(1))
    till.adds(BREAD)
    till.pays_cash(kr(500))
    closed = till.history[-1]
    for event in (aside, made_room, closed):
        assert isinstance(event, e.SaleParked | e.SaleResumed | e.SaleClosed)
        assert [job.order.name for job in event.orders] == ["Bord 4"]


def test_what_was_never_ordered_is_not_called_off() -> None:
    till = tables()
    till.adds(BREAD)
    assert ordered(till.does(c.VoidSale("Fortrudt"))) == {}


def test_goods_that_come_back_are_not_made() -> None:
    till = cafe()
    receipt = till.sells(BREAD)
    till.gives_back(receipt)
    till.pays_back()
    assert ordered(till.history[-1]) == {}


# Card slips that no receipt prints


SLIP = CardSlip("customer", ("AFVIST",))


def test_the_slip_of_a_payment_that_came_to_nothing_is_printed() -> None:
    till = Playbook()
    till.adds(MILK)
    intended = till.does(c.PayBy("card"))
    assert isinstance(intended, e.PaymentIntended)
    till.happens(e.PaymentSent(1))
    till.happens(e.SlipKept(1, SLIP))
    till.happens(e.PaymentDeclined(1, Declined("declined"), print_job=till.state.next_job))
    (job,) = till.state.jobs.values()
    assert (job.receipt, job.slips, job.printer) == (None, (SLIP,), "")
    till.sells()
    assert list(till.state.jobs) == [1, 2]


def takes_back_a_card(till: Playbook) -> None:
    till.adds(MILK)
    till.pays_card(kr(5), SLIP)
    taken_back = till.does(c.TakeBack(1))
    assert isinstance(taken_back, e.PaymentIntended)
    intent = taken_back.intent
    assert intent.of is not None
    till.happens(e.PaymentSent(intent.id))
    till.happens(e.PaymentApproved(intent.id, intent.of))
    till.happens(e.PaymentAcked(intent.id))
    till.does(c.FinishPayment(intent.id, intent.of))


@pytest.mark.parametrize("printer", [True, False])
def test_the_slips_of_a_sale_that_is_given_up_are_printed(printer: bool) -> None:
    till = Playbook(msgspec.structs.replace(ALL, printer=printer))
    takes_back_a_card(till)
    voided = till.does(c.VoidSale("Fortrudt"))
    assert isinstance(voided, e.SaleVoided)
    assert [job.slips for job in till.state.jobs.values()] == ([(SLIP,)] if printer else [])


def test_an_empty_sale_with_slips_stays_until_they_are_printed() -> None:
    till = Playbook()
    till.adds(BREAD)
    till.does(c.ParkSale("Bord 4"))
    takes_back_a_card(till)
    till.does(c.RemoveLine(1))
    till.does(c.ResumeSale(1))
    till.does(c.ResumeSale(2))
    till.does(c.VoidSale(""))
    assert [job.slips for job in till.state.jobs.values()] == [(SLIP,)]
