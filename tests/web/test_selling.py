"""What a person sees and touches while selling."""

import anyio
import pytest

from terminal.domain.sale import Sale
from tests.web.client import PATIENCE, Screen, following
from tests.web.shop import PIN, Shop

pytestmark = pytest.mark.anyio

BREAD, MILK, BEER, TOMATOES = "5700000010010", "5700000020019", "5700000050016", "2630010015053"


def sale_of(shop: Shop) -> Sale:
    sale = shop.parts.till.state.sale
    assert sale is not None
    return sale


def quantities(shop: Shop) -> list[int]:
    return [line.quantity for line in sale_of(shop).basket.lines]


async def test_a_scan_appears_as_a_line_with_its_total(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    lines = await screen.shows("lines", "Rugbrød med kerner", "28,00")
    assert 'aria-current="true"' in lines
    await screen.shows("finish", "Betal", "28,00")
    await screen.shows("badges", "'1001': '1'")
    await screen.heard("good")


async def test_a_bad_scan_says_why_and_adds_nothing(shop: Shop, screen: Screen) -> None:
    shop.scan("5700000099999")
    await screen.shows("toast", "5700000099999", "stregkode")
    await screen.heard("bad")
    assert shop.parts.till.state.sale is None


async def test_a_code_typed_on_the_screen_is_a_scan(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/open", dialog="code")
    await screen.shows("dialog", "Tast stregkode")
    await screen.touch("/till/scan", text=MILK)
    await screen.shows("lines", "Minimælk")
    assert "hidden" in await screen.shows("dialog", "hidden")


async def test_two_fast_touches_are_two_items(shop: Shop, screen: Screen) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(lambda: screen.touch("/till/add", sku="1001"))
    assert quantities(shop) == [8000]


async def test_digits_before_a_touch_are_how_many(shop: Shop, screen: Screen) -> None:
    await screen.keys("1 2")
    await screen.shows("pad", "12 ×")
    await screen.touch("/till/add", sku="1003")
    assert quantities(shop) == [12000]
    await screen.lacks("pad", "12 ×")


async def test_the_pad_changes_the_chosen_line(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    shop.scan(MILK)
    await screen.touch("/till/line", line=1)
    await screen.keys("4 quantity")
    assert quantities(shop) == [4000, 1000]
    await screen.keys("plus plus minus")
    assert quantities(shop) == [5000, 1000]


async def test_a_newer_line_is_chosen_by_itself(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.touch("/till/line", line=1)
    shop.scan(MILK)
    lines = await screen.shows("lines", "Minimælk")
    assert lines.index("chosen") > lines.index("Rugbrød")


async def test_kilograms_are_typed_with_the_decimal_sign(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/add", sku="3001")
    await screen.touch("/till/weigh", sku="3001", grams=500)
    await screen.keys("1 point 2 5 quantity")
    assert quantities(shop) == [1250]


async def test_half_a_piece_is_refused_with_a_sentence(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.keys("1 point 5")
    answer = await screen.touch("/till/key", key="quantity")
    assert (answer.status_code, answer.text) == (409, "Det antal kan ikke sælges.")
    await screen.shows("toast", "Det antal kan ikke sælges.")
    await screen.heard("bad")
    await screen.touch("/till/key", key="clear")
    await screen.shows("toast", 'aria-live="assertive"></div>')


async def test_percent_is_typed_and_its_reason_touched(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.keys("1 0 percent")
    await screen.shows("dialog", "Rabat", "10 %", "Personale")
    await screen.touch("/till/discount", sale=1, line=1, kind="percent", amount=1000, reason="staff")
    await screen.shows("lines", "Personale -2,80 (10 %)", "25,20")
    await screen.lacks("dialog", "role")


async def test_kroner_off_with_the_mode_first(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.keys("kroner 3 kroner")
    await screen.shows("dialog", "3,00 kr")
    await screen.touch("/till/discount", sale=1, line=1, kind="kroner", amount=300, reason="damaged")
    await screen.shows("lines", "Beskadiget -3,00")
    await screen.keys("kroner kroner")
    assert sale_of(shop).basket.lines[0].discount is None


async def test_a_discount_on_the_whole_sale_and_off_again(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.touch("/till/open", dialog="discount")
    await screen.touch("/till/sale-discount", kind="kroner", amount="8,00", reason="agreed")
    await screen.shows("lines", "rabat 8,00 (Efter aftale)", "20,00")
    await screen.touch("/till/sale-discount-off")
    assert sale_of(shop).basket.discount is None


@pytest.mark.parametrize("amount", ["", "x", "1,234", "-5", "٣"])
async def test_a_discount_that_is_no_amount(shop: Shop, screen: Screen, amount: str) -> None:
    shop.scan(BREAD)
    answer = await screen.touch("/till/sale-discount", kind="percent", amount=amount, reason="agreed")
    assert answer.status_code == 409
    assert sale_of(shop).basket.discount is None


async def test_another_price_needs_an_approver(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.keys("2 0 price")
    await screen.shows("dialog", "Ny pris 20,00", "Mette", "Jens", "Pinkode")
    price: dict[str, str | int] = {"sale": 1, "line": 1, "price": 2000, "reason": "shelf", "approver": "Mette"}
    wrong = await screen.touch("/till/price", **price, pin="1111")
    assert (wrong.status_code, wrong.text) == (409, "Forkert pinkode.")
    await screen.shows("dialog", "Ny pris 20,00")
    await screen.touch("/till/price", **price, pin=PIN)
    await screen.shows("lines", "pris ændret: Pris på hylden", "20,00")
    assert sale_of(shop).basket.lines[0].approver == "Mette"


async def test_undo_takes_back_the_last_change(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    shop.scan(MILK)
    pad = await screen.shows("pad", 'class="fn kundo undo"')
    assert "/till/undo" in pad
    await screen.touch("/till/undo")
    assert quantities(shop) == [1000]
    await screen.shows("pad", 'id="undo-0"')


async def test_a_line_is_removed(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    shop.scan(MILK)
    await screen.touch("/till/line", line=1)
    await screen.keys("remove")
    assert [line.id for line in sale_of(shop).basket.lines] == [2]


async def test_a_deposit_stands_under_its_item(shop: Shop, screen: Screen) -> None:
    shop.scan(BEER)
    await screen.shows("lines", 'class="line deposit"', "Pant A")
    await screen.touch("/till/line", line=2)
    await screen.shows("pad", "Pilsner")


async def test_a_weighed_item_asks_for_grams(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/add", sku="3001")
    await screen.shows("dialog", "Tomater", "Gram", "29,95 kr./kg")
    await screen.touch("/till/weigh", sku="3001", grams=1505)
    await screen.shows("lines", "1,505", "45,07")


async def test_an_item_is_not_sold_behind_a_dialog(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/open", dialog="more")
    shop.scan(BREAD)
    await screen.heard("bad")
    await screen.shows("toast", "Gør det åbne vindue færdigt eller luk det, og scan Rugbrød", "igen.")
    await screen.shows("dialog", "Parkér")
    assert shop.parts.till.state.sale is None
    await screen.touch("/till/close")
    shop.scan(BREAD)
    await screen.shows("lines", "Rugbrød")


async def test_a_code_that_scans_after_all_needs_not_be_typed(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/open", dialog="code")
    await screen.shows("dialog", "Tast stregkode")
    shop.scan(BREAD)
    await screen.shows("lines", "Rugbrød")
    await screen.lacks("dialog", "Tast stregkode")


async def test_a_dialog_that_was_left_open_on_another_screen_stops_nobody(shop: Shop, screen: Screen) -> None:
    async with following(shop.address) as phone:
        await phone.touch("/till/open", dialog="more")
        await screen.touch("/till/department", department="")
        shop.scan(BREAD)
        await screen.shows("lines", "Rugbrød")


async def test_a_screen_that_is_gone_with_a_dialog_open_stops_nobody(shop: Shop, screen: Screen) -> None:
    async with following(shop.address) as phone:
        await phone.touch("/till/open", dialog="more")
        shop.scan(BREAD)
        await screen.heard("bad")
    with anyio.fail_after(PATIENCE):
        while shop.parts.till.state.sale is None:
            shop.scan(BREAD)
            await anyio.sleep(0.01)


async def test_park_and_resume(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.touch("/till/open", dialog="park")
    await screen.touch("/till/park", sale=1, name="Blå jakke")
    await screen.shows("tabs", "Blå jakke", "Nyt salg")
    shop.scan(MILK)
    await screen.shows("tabs", "Salg 2")
    await screen.touch("/till/resume", sale=1)
    await screen.shows("lines", "Rugbrød")
    assert shop.parts.till.state.current == 1


async def test_the_plus_sets_aside_only_the_sale_that_was_seen(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.touch("/till/new", sale=1)
    shop.scan(MILK)
    await screen.touch("/till/new", sale=1)
    assert shop.parts.till.state.current == 2


async def test_void_with_a_reason_of_one_touch(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.touch("/till/open", dialog="void")
    await screen.shows("dialog", "Kunden fortrød")
    await screen.touch("/till/void", sale=1, reason="changed-mind")
    await screen.shows("lines", "Scan en vare")
    assert shop.parts.till.state.sales == {}


async def test_void_for_a_sale_that_is_gone_is_refused(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    answer = await screen.touch("/till/void", sale=7, reason="changed-mind")
    assert answer.status_code == 409
    assert quantities(shop) == [1000]


async def test_departments_and_search(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/department", department="Mejeri")
    await screen.shows("right", "Minimælk")
    await screen.touch("/till/search", words="rugbr")
    right = await screen.shows("right", "Rugbrød")
    assert "Minimælk" not in right
    await screen.touch("/till/search", words="<zqx>")
    await screen.shows("right", "Intet hedder", "&lt;zqx&gt;")
    await screen.touch("/till/department", department="Brød")
    await screen.shows("search", 'value=""')


async def test_the_other_language(shop: Shop, screen: Screen) -> None:
    answer = await screen.touch("/till/looks", language="en", large="yes", back="/till")
    assert (answer.status_code, answer.headers["location"]) == (303, "/till")
    page = (await screen.http.get("/till")).text
    assert '<html lang="en" class="large">' in page
    assert "New sale" in page
    shop.scan(BREAD)
    await screen.shows("lines", "1 item", "28.00")


async def test_two_screens_show_the_same_sale_and_their_own_search(shop: Shop, screen: Screen) -> None:
    async with following(shop.address) as other:
        await other.touch("/till/search", words="rugbr")
        await other.shows("right", "Rugbrød")
        shop.scan(MILK)
        await screen.shows("lines", "Minimælk")
        await other.shows("lines", "Minimælk")
        assert "searched" not in screen.regions["right"]
        assert 'value=""' in screen.regions["search"]


async def test_without_a_script_a_touch_leads_back_to_the_page(shop: Shop, screen: Screen) -> None:
    navigate = {"sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}
    answer = await screen.http.post("/till/add", data={"sku": "1001"}, headers=navigate)
    assert (answer.status_code, answer.headers["location"]) == (303, "/till")
    assert "Rugbrød" in (await screen.http.get("/till")).text
