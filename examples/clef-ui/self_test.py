"""The test of clef_ui.py: python3 -I clef_ui.py --self-test"""

import os
import re
import sys
import tempfile


def self_test(ui):
    """Tests the module ui; gives the exit status."""
    failures = []
    keccak256, checksummed, spelling, blocky, printable, ether = ui.keccak256, ui.checksummed, ui.spelling, ui.blocky, ui.printable, ui.ether
    DENIALS, Person, answer, run, inspect = ui.DENIALS, ui.Person, ui.answer, ui.run, ui.inspect

    class Script(ui.Terminal):
        """A person who types what a test says."""

        def __init__(self, *typed):
            super().__init__()
            self.typed, self.shown, self.colour = list(typed), [], True

        def show(self, *lines):
            self.shown.extend(lines)

        def ask(self, prompt):
            self.shown.append(prompt)
            return self.typed.pop(0) if self.typed else ""

        ask_secret = ask

    def check(name, got, want):
        if got != want:
            failures.append("%s: got %r, want %r" % (name, got, want))

    # The Keccak team's vectors, and one that spans two blocks.
    check("keccak of nothing", keccak256(b"").hex(), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
    check("keccak of abc", keccak256(b"abc").hex(), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
    check("keccak of 135", keccak256(b"a" * 135).hex(), "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446")
    check("keccak of 136", keccak256(b"a" * 136).hex(), "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e")
    check("keccak of 137", keccak256(b"a" * 137).hex(), "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39")

    # The addresses of EIP-55.
    for address in ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
                    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"):
        check("checksum", checksummed(address.lower()), address)
        check("spelling", [spelling(a) for a in (address, address.lower(), "0x" + address[2:].upper(), address[:-1] + address[-1].swapcase())],
              ["ok", "none", "none", "bad" if address[-1].isalpha() else "ok"])
    check("spelling of less", spelling("0x12"), "bad")

    # As the JavaScript library that wallets use draws them.
    rows = [" ".join("%02x%02x%02x" % cell for cell in row) for row in blocky("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")]
    check("identicon", (rows[0], rows[6]), (
        "6ff528 da91c1 6ff528 da91c1 da91c1 6ff528 da91c1 6ff528", "ca2dbd 6ff528 da91c1 6ff528 6ff528 da91c1 6ff528 ca2dbd"))
    rows = blocky("0x" + "0" * 40)
    check("identicon of zero", "".join("%02x%02x%02x" % cell for cell in rows[3][:4]), "c87ba5da4554da4554da4554")
    check("identicon is mirrored", all(row == row[::-1] for row in rows), True)

    # Text from outside.
    evil = "\x1b[2J\u202eabc\u200b\n\u3164\ufe0f\ud800"
    check("escapes", printable(evil), "\\u{1b}[2J\\u{202e}abc\\u{200b}\\u{a}\\u{3164}\\u{fe0f}\\u{d800}")
    check("amounts", [ether(n) for n in (0, 1, 10 ** 18, 15 * 10 ** 17)], ["0", "0.000000000000000001", "1", "1.5"])

    # What a person answers, and what comes of it.
    meta = {"remote": "127.0.0.1:1", "local": "localhost", "scheme": "http", "User-Agent": evil, "Origin": ""}
    a, b = "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"
    tx = {"from": a, "to": b, "gas": "0x5208", "gasPrice": "0x3b9aca00", "value": "0xde0b6b3a7640000", "nonce": "0x7"}
    accounts = [{"address": a.lower(), "url": "keystore:///a"}, {"address": b.lower(), "url": "keystore:///b"}]
    plain = {"transaction": tx, "call_info": None, "meta": meta}
    mistyped = {"transaction": dict(tx, to=b[:-2] + "E0"), "call_info": None, "meta": meta}
    warned = dict(plain, call_info=[{"type": "WARNING", "message": evil}])
    fields = [{"name": "Mail", "type": "primary type", "value": [{"name": "to", "type": "address[]", "value": "[1 2]"}]}]
    data = {"content_type": "data/typed", "address": a, "messages": fields, "hash": "0x00", "call_info": None, "meta": meta}
    many = {"transactions": [{"transaction": tx, "call_info": None}] * 2, "value": "0x1", "max_fee": "0x2", "recipients": 1, "meta": meta}
    pairing = {"name": "bot", "key": "0x00", "code": "123456", "meta": meta}
    deep = fields
    for _ in range(40):
        deep = [{"name": "x", "type": "y", "value": deep}]
    no = DENIALS["ui_approveTx"]
    for method, request, typed, want in (
        ("ui_approveTx", plain, "y", {"transaction": tx, "approved": True}), ("ui_approveTx", plain, "", no),
        ("ui_approveTx", plain, "Y", no), ("ui_approveTx", plain, "yes", no),
        ("ui_approveTx", mistyped, "y", no), ("ui_approveTx", mistyped, "yes", {"transaction": mistyped["transaction"], "approved": True}),
        ("ui_approveTx", warned, "y", no), ("ui_approveTx", dict(plain, transaction=dict(tx, value="1")), "y", no),
        ("ui_approveTx", dict(plain, transaction=dict(tx, data="0x1")), "y", no), ("ui_approveTx", {}, "y", no),
        ("ui_approveSignData", data, "y", {"approved": True}), ("ui_approveSignData", dict(data, messages=deep), "y", {"approved": False}),
        ("ui_approveSignData", dict(data, messages=fields * 3000), "y", {"approved": False}),
        ("ui_approveListing", {"accounts": accounts, "meta": meta}, "a", {"accounts": accounts}),
        ("ui_approveListing", {"accounts": accounts, "meta": meta}, "2", {"accounts": accounts[1:]}),
        ("ui_approveListing", {"accounts": accounts, "meta": meta}, "2 3", {"accounts": None}),
        ("ui_approveListing", {"accounts": accounts, "meta": meta}, "", {"accounts": None}),
        ("ui_approveNewAccount", {"meta": meta}, "y", {"approved": True}), ("ui_approveNewAccount", {"meta": meta}, "n", {"approved": False}),
        ("ui_approveBulkTx", many, "y", {"approved": True}), ("ui_approvePairing", pairing, "y", {"approved": True}),
        ("ui_onInputRequired", {"title": "T", "prompt": "P", "isPassword": True}, "pass word", {"text": "pass word"}),
    ):
        terminal = Script(typed)
        check("%s, %r typed" % (method, typed), answer(Person(terminal), {"jsonrpc": "2.0", "id": 7, "method": method, "params": [request]}),
              {"jsonrpc": "2.0", "id": 7, "result": want})
        text = re.sub(r"\x1b\[(0|38;2;\d+;\d+;\d+;48;2;\d+;\d+;\d+)m", "", "\n".join(terminal.shown))
        check(method + ": hidden text", [c for c in text if c in evil and not c.isascii() or c == "\x1b"], [])
    check("an unknown method", answer(Person(Script()), {"id": 1, "method": "ui_nope", "params": [{}]})["error"]["code"], -32601)
    shown = Script("y")
    answer(Person(shown), {"id": 1, "method": "ui_approveTx", "params": [mistyped]})
    check("a wrong checksum", any("CHECKSUM" in line for line in shown.shown), True)

    # A whole conversation with a program.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(os.path.realpath(folder), "signer")
        with open(path, "w") as f:
            f.write("#!%s -I\n" % sys.executable + "import sys, json\n"
                    "def ask(m, p, i): print(json.dumps(dict(jsonrpc='2.0', method=m, params=[p], **i)), flush=True)\n"
                    "assert '--stdio-ui' in sys.argv, sys.argv\n"
                    "ask('ui_onInputRequired', {'title': 'T', 'prompt': 'P', 'isPassword': True}, {'id': 1})\n"
                    "r = json.loads(sys.stdin.readline())\n"
                    "ask('ui_showInfo', {'text': 'got ' + json.dumps(r)}, {})\n")
        os.chmod(path, 0o700)
        terminal = Script("secret")
        run(path, [], inspect(path)[2], terminal)
        check("a conversation", [line for line in terminal.shown if line.startswith("info: ")],
              ['info: got {"jsonrpc": "2.0", "id": 1, "result": {"text": "secret"}}'])
        for change, why in ((lambda: run(path, [], "00", Script()), "is not the one"),
                            (lambda: (os.chmod(path, 0o722), inspect(path)), "can be changed by others"),
                            (lambda: (os.chmod(path, 0o600), inspect(path)), "is no program"),
                            (lambda: (os.chmod(path, 0o4700), inspect(path)), "runs as another user")):
            try:
                change()
                failures.append("accepted although it %s" % why)
            except ui.Refused as e:
                check("refusal", why in str(e), True)
    for f in failures:
        print(f, file=sys.stderr)
    print("self-test: %s" % ("%d failures" % len(failures) if failures else "ok"))
    return 1 if failures else 0
