"""What the keys of each layout type: data, and no more. A test holds it against libxkbcommon, key by key.

Rows of neighbouring keys: `ROWS` has the first key's code of each. A row is one string a level: plain, Shift, AltGr,
Shift and AltGr; a layout without an AltGr key has two. "∅": the key types nothing there that Windows-1252 has, and no
scanner means it. A combining character is a dead key, which waits for the next one.
"""

from collections.abc import Mapping

from terminal.protocols.wedge import LayoutName

ROWS = (2, 16, 30, 43, 57, 86)

NOTHING = "∅"

KEYS: Mapping[LayoutName, tuple[tuple[str, ...], ...]] = {
    "us": (
        ("1234567890-=", "!@#$%^&*()_+"),
        ("qwertyuiop[]", "QWERTYUIOP{}"),
        ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
        ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
        (" ", " "),
        ("<", ">"),
    ),
    "gb": (
        ("1234567890-=", '!"£$%^&*()_+', "¹²³€½¾{[]}\\\u0327", "¡∅£¼∅∅∅™±°¿∅"),
        ("qwertyuiop[]", "QWERTYUIOP{}", "@∅e¶∅∅∅∅øþ\u0308\u0303", "∅§E®∅¥∅∅ØÞ\u030a∅"),
        ("asdfghjkl;'`", "ASDFGHJKL:@¬", "æßð∅∅∅∅∅∅\u0301\u0302|", "Æ∅Ðª∅∅∅&∅∅\u030c|"),
        ("#zxcvbnm,./", "~ZXCVBNM<>?", "\u0300«»¢„“”µ•·∅", "∅<>©‚‘’º×÷∅"),
        (" ", " "),
        ("\\", "|", "|", "¦"),
    ),
    "dk": (
        ("1234567890+\u0301", '!"#¤%&/()=?\u0300', "¡@£$½¥{[]}±|", "¹²³¼¢∅÷«»°¿¦"),
        ("qwertyuiopå\u0308", "QWERTYUIOPÅ\u0302", "@∅€®þ∅∅∅œþ\u0308\u0303", "∅§¢®Þ¥∅∅ŒÞ\u030a\u030c"),
        ("asdfghjklæø½", "ASDFGHJKLÆØ§", "ªßð∅∅∅∅∅∅\u0301\u0302¾", "º∅Ðª∅∅∅&∅∅\u030c¶"),
        ("'zxcvbnm,.-", "*ZXCVBNM;:_", "∅«»©„“”µ\u0327·∅", "×<>©‚‘’º∅∅∅"),
        (" ", " "),
        ("<", ">", "\\", "¬"),
    ),
    "no": (
        ("1234567890+\\", '!"#¤%&/()=?\u0300', "¡@£$½¥{[]}±\u0301", "¹²³¼‰∅÷«»°¿¬"),
        ("qwertyuiopå\u0308", "QWERTYUIOPÅ\u0302", "@∅€®þ∅∅∅œ∅\u0308\u0303", "∅§¢™Þ¥∅∅Œ∅\u030a\u030c"),
        ("asdfghjkløæ|", "ASDFGHJKLØÆ§", "ªßð∅∅∅∅∅∅\u0301\u0302¦", "º∅Ðª∅∅∅&∅∅\u030c¶"),
        ("'zxcvbnm,.-", "*ZXCVBNM;:_", "∅«»©„“”µ\u0327…–", "×<>©‚‘’º∅·—"),
        (" ", " "),
        ("<", ">", "½", "¾"),
    ),
    "se": (
        ("1234567890+\u0301", '!"#¤%&/()=?\u0300', "¡@£$€¥{[]}\\±", "¹²³¼¢∅÷«»°¿¬"),
        ("qwertyuiopå\u0308", "QWERTYUIOPÅ\u0302", "@∅€®þ∅∅∅œþ\u0308\u0303", "∅§¢®Þ¥∅∅ŒÞ\u030a\u030c"),
        ("asdfghjklöä§", "ASDFGHJKLÖÄ½", "ªßð∅∅∅∅∅∅øæ¶", "º∅Ðª∅∅∅&∅ØÆ¾"),
        ("'zxcvbnm,.-", "*ZXCVBNM;:_", "´«»©„“”µ\u0327·∅", "×<>©‚‘’º∅∅∅"),
        (" ", " "),
        ("<", ">", "|", "¦"),
    ),
    "de": (
        ("1234567890ß\u0301", '!"§$%&/()=?\u0300', "¹²³¼½¬{[]}\\\u0327", "¡∅£¤∅∅∅™±°¿∅"),
        ("qwertzuiopü+", "QWERTZUIOPÜ*", "@∅€¶∅∅∅∅øþ\u0308~", "∅§€®∅¥∅∅ØÞ\u030a¯"),
        ("asdfghjklöä\u0302", "ASDFGHJKLÖÄ°", "æ∅ð∅∅∅∅∅∅∅\u0302∅", "Æ∅Ðª∅∅∅&∅∅\u030c∅"),
        ("#yxcvbnm,.-", "'YXCVBNM;:_", "’»«¢„“”µ·…–", "∅›‹©‚‘’º×÷—"),
        (" ", " "),
        ("<", ">", "|", "∅"),
    ),
    "fr": (
        ("&é\"'(-è_çà)=", "1234567890°+", "¹~#{[|`\\^@]}", "¡∅£$∅∅∅™±°¿∅"),
        ("azertyuiop\u0302$", "AZERTYUIOP\u0308£", "æ«€¶∅∅∅∅øþ\u0308¤", "Æ<¢®∅¥∅∅ØÞ\u030a∅"),
        ("qsdfghjklmù²", "QSDFGHJKLM%~", "@ßð∅∅∅∅∅∅µ\u0302¬", "∅∅Ðª∅∅∅&∅º\u030c¬"),
        ("*wxcvbn,;:!", "µWXCVBN?./§", "\u0300∅»¢„“”\u0301•·∅", "∅∅>©‚‘’∅×÷∅"),
        (" ", " "),
        ("<", ">", "|", "¦"),
    ),
    "be": (
        ("&é\"'(§è!çà)-", "1234567890°_", "|@#¼½^{[{}\\\u0327", "¡∅£$∅∅∅™±°¿∅"),
        ("azertyuiop\u0302$", "AZERTYUIOP\u0308*", "@∅€¶∅∅∅∅œþ[]", "∅§¢®∅¥∅∅ŒÞ\u030a∅"),
        ("qsdfghjklmù²", "QSDFGHJKLM%³", "æßð∅∅∅∅∅∅\u0301\u0301¬", "Æ∅Ðª∅∅∅&∅∅\u030c¬"),
        ("µwxcvbn,;:=", "£WXCVBN?./+", "\u0300«»¢„“”\u0327•·\u0303", "∅<>©‚‘’º×÷∅"),
        (" ", " "),
        ("<", ">", "\\", "\\"),
    ),
    "es": (
        ("1234567890'¡", '!"·$%&/()=?¿', "|@#~½¬{[]}\\\u0327", "¡∅£$∅∅∅™±°¿∅"),
        ("qwertyuiop\u0300+", "QWERTYUIOP\u0302*", "@∅€¶∅∅∅∅øþ[]", "∅§¢®∅¥∅∅ØÞ\u030a∅"),
        ("asdfghjklñ\u0301º", "ASDFGHJKLÑ\u0308ª", "æßð∅∅∅∅∅∅\u0303{\\", "Æ∅Ðª∅∅∅&∅∅\u030c\\"),
        ("çzxcvbnm,.-", "ÇZXCVBNM;:_", "}«»¢„“”µ•·∅", "∅<>©‚‘’º×÷∅"),
        (" ", " "),
        ("<", ">", "|", "¦"),
    ),
    "it": (
        ("1234567890'ì", '!"£$%&/()=?^', "¹²³¼½¬{[]}`~", "¡∅\u0303∅∅∅∅™±∅¿\u0302"),
        ("qwertyuiopè+", "QWERTYUIOPé*", "@∅€¶∅∅∅∅øþ[]", "∅§¢®∅¥∅∅ØÞ{}"),
        ("asdfghjklòà\\", "ASDFGHJKLç°|", "æßð∅∅∅∅∅∅@#¬", "Æ∅Ðª∅∅∅&∅\u0327\u030a¦"),
        ("ùzxcvbnm,.-", "§ZXCVBNM;:_", "\u0300«»¢“”ñµ\u0301·∅", "∅<>©‘’Ñº×\u0308÷"),
        (" ", " "),
        ("<", ">", "«", "»"),
    ),
}

KEYPAD_COMMA: frozenset[LayoutName] = frozenset({"dk", "no", "se", "de"})
"""Layouts whose numeric pad has a comma where others have a point."""
