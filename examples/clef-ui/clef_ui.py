#!/usr/bin/env python3
"""A small UI for the signer, in one file and with nothing but Python's standard library.

It starts the signer with --stdio-ui and asks a person at the terminal about every request.
It follows the rules that UIs of Clef are held to: it shows the blocky identicon of each
address, warns of addresses whose checksum is wrong, looks at the permissions of the
signer's binary and shows its hash, opens no port, and loads nothing from outside.

    python3 -I clef_ui.py [--sha256 HEX] /usr/local/bin/clef --chainid 1 --http
    python3 -I clef_ui.py --self-test
"""

import argparse
import getpass
import hashlib
import json
import os
import queue
import re
import stat
import subprocess
import sys
import threading
import unicodedata

MAX_LINE = 32 << 20  # bytes of one message of the signer
MAX_TEXT = 4096  # characters of one text that are shown; what is longer is refused
MAX_FIELDS = 2000  # lines of typed data that are shown


# --- Keccak-256, EIP-55 -----------------------------------------------------------------

_ROTATIONS = (
    (0, 36, 3, 41, 18), (1, 44, 10, 45, 2), (62, 6, 43, 15, 61), (28, 55, 25, 21, 56), (27, 20, 39, 8, 14),
)
_MASK = (1 << 64) - 1


def _round_constants():
    """The constants of the step iota come out of a shift register (FIPS 202, 3.2.5)."""
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant ^= 1 << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _permute(a):
    """Keccak-f[1600] on 25 lanes, a[x][y]."""
    for constant in _CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[x - 1] ^ (((c[(x + 1) % 5] << 1) | (c[(x + 1) % 5] >> 63)) & _MASK) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                lane, n = a[x][y] ^ d[x], _ROTATIONS[x][y]
                b[y][(2 * x + 3 * y) % 5] = ((lane << n) | (lane >> (64 - n))) & _MASK
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        a[0][0] ^= constant
    return a


def keccak256(data):
    """Keccak-256 with the padding from before FIPS 202, as Ethereum has it."""
    rate = 136
    padded = bytearray(data) + bytearray(rate - len(data) % rate)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    a = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            a[i % 5][i // 5] ^= int.from_bytes(padded[start + 8 * i:start + 8 * i + 8], "little")
        a = _permute(a)
    return b"".join(a[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def checksummed(address):
    """An address in the spelling of EIP-55."""
    digits = address[2:].lower()
    digest = keccak256(digits.encode()).hex()
    return "0x" + "".join(c.upper() if int(digest[i], 16) >= 8 else c for i, c in enumerate(digits))


def spelling(address):
    """What the spelling of an address says: "ok", "none" (all of one case), or "bad"."""
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", address):
        return "bad"
    if address == checksummed(address):
        return "ok"
    digits = address[2:]
    return "none" if digits in (digits.lower(), digits.upper()) else "bad"


# --- identicons -------------------------------------------------------------------------

def blocky(address):
    """The blocky identicon of an address: 8 rows of 8 colours (r, g, b)."""
    seed = [0, 0, 0, 0]
    for i, c in enumerate(address.lower()):
        seed[i % 4] = (seed[i % 4] * 31 + ord(c)) & 0xFFFFFFFF

    def signed(n):
        n &= 0xFFFFFFFF
        return n - (1 << 32) if n & 0x80000000 else n

    def random():
        t = signed(seed[0]) ^ signed(seed[0] << 11)
        seed[0], seed[1], seed[2] = seed[1], seed[2], seed[3]
        last = signed(seed[3])
        seed[3] = (last ^ (last >> 19) ^ signed(t) ^ (signed(t) >> 8)) & 0xFFFFFFFF
        return seed[3] / (1 << 31)

    def colour():
        hue = int(random() * 360) / 360
        saturation = (random() * 60 + 40) / 100
        lightness = (random() + random() + random() + random()) * 25 / 100
        return _rgb(hue, saturation, lightness)

    foreground, background, spot = colour(), colour(), colour()
    palette = (background, foreground, spot)
    rows = []
    for _ in range(8):
        half = [palette[int(random() * 2.3)] for _ in range(4)]
        rows.append(half + half[::-1])
    return rows


def _rgb(hue, saturation, lightness):
    q = lightness * (1 + saturation) if lightness < 0.5 else lightness + saturation - lightness * saturation
    p = 2 * lightness - q

    def part(t):
        t %= 1
        if t < 1 / 6:
            return p + (q - p) * 6 * t
        if t < 1 / 2:
            return q
        if t < 2 / 3:
            return p + (q - p) * (2 / 3 - t) * 6
        return p

    return tuple(max(0, min(255, int(part(t) * 255 + 0.5))) for t in (hue + 1 / 3, hue, hue - 1 / 3))


def drawn(address):
    """The identicon as four lines for a terminal with 24-bit colours."""
    rows = blocky(address)
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2]):
        cells = ("\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm\u2580" % (u + l) for u, l in zip(upper, lower))
        lines.append("".join(cells) + "\x1b[0m")
    return lines


# --- text from outside ------------------------------------------------------------------

class Refused(Exception):
    """A request that is denied without asking, and why."""


_BLANK = set("\u115f\u1160\u2800\u3164\uffa0")


def printable(text, most=MAX_TEXT):
    """A text in which every character shows: nothing moves the cursor or hides."""
    if not isinstance(text, str):
        text = json.dumps(text)
    if len(text) > most:
        raise Refused("a text of %d characters is too long to be shown" % len(text))
    out = []
    for c in text:
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or c in _BLANK or "\ufe00" <= c <= "\ufe0f":
            out.append("\\u{%x}" % ord(c))
        else:
            out.append(c)
    return "".join(out)


def unique(pairs):
    """An object of JSON without members of the same name."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def quantity(value):
    if not isinstance(value, str) or not re.fullmatch(r"0x[0-9a-fA-F]{1,80}", value):
        raise Refused("%s is no quantity" % printable(value, 1 << 20)[:100])
    return int(value, 16)


def ether(wei):
    whole, rest = divmod(wei, 10 ** 18)
    return ("%d.%018d" % (whole, rest)).rstrip("0").rstrip(".")


def data_text(data):
    """Call data: all of it if it is short, else its beginning and its hash."""
    if not isinstance(data, str) or not re.fullmatch(r"0x([0-9a-fA-F]{2})*", data):
        raise Refused("the data is not in hex digits")
    size = len(data) // 2 - 1
    if size <= 256:
        return "%s (%d bytes)" % (data, size)
    return "%s... (%d bytes, keccak-256 0x%s)" % (data[:2 + 128], size, keccak256(bytes.fromhex(data[2:])).hex())


# --- the person -------------------------------------------------------------------------

class Terminal:
    """Where a person reads and types."""

    def __init__(self):
        self.lock = threading.Lock()
        sys.stdout.reconfigure(errors="backslashreplace")
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def show(self, *lines):
        with self.lock:
            print(*lines, sep="\n", flush=True)

    def ask(self, prompt):
        """One line, or "" at the end of the input. What was typed before does not count."""
        if sys.stdin.isatty():
            import termios
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
        try:
            return input(prompt)
        except EOFError:
            return ""

    def ask_secret(self, prompt):
        return getpass.getpass(prompt)


class Person:
    """Asks one person about one request after the other."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.warnings = []

    # Every method of the signer that wants an answer has a function of its name here.

    def ui_approveTx(self, r):
        self.heading("A transaction is to be signed")
        self.transaction(r["transaction"], r.get("call_info"))
        if r.get("raw") is not None:
            self.line("given in binary", data_text(r["raw"]))
        self.meta(r["meta"])
        if not self.confirmed():
            return {"transaction": None, "approved": False}
        return {"transaction": r["transaction"], "approved": True}  # as it was asked for

    def ui_approveBulkTx(self, r):
        self.heading("%d transactions are to be signed, all or none" % len(r["transactions"]))
        for i, item in enumerate(r["transactions"]):
            self.terminal.show("", "transaction %d" % (i + 1))
            self.transaction(item["transaction"], item.get("call_info"))
        self.terminal.show("")
        self.line("all together", "%s ether" % ether(quantity(r["value"])))
        self.line("highest fee", "%s ether" % ether(quantity(r["max_fee"])))
        self.line("recipients", "%d" % r["recipients"])
        self.meta(r["meta"])
        return {"approved": self.confirmed()}

    def ui_approveSignData(self, r):
        self.heading("Data is to be signed")
        self.line("content type", printable(r["content_type"]))
        self.address("account", r["address"], must_check=False)
        self.left = MAX_FIELDS
        self.fields(r.get("messages") or [], 1)
        self.line("hash", printable(r["hash"]))
        self.call_info(r.get("call_info"))
        self.meta(r["meta"])
        return {"approved": self.confirmed()}

    def ui_approveListing(self, r):
        self.heading("Somebody wants to know the accounts")
        accounts = r["accounts"]
        for i, a in enumerate(accounts):
            self.address("account %d" % (i + 1), checksummed(a["address"]))
            self.terminal.show("    " + printable(a["url"]))
        self.meta(r["meta"])
        answer = self.terminal.ask("reveal which? [numbers, a for all, nothing to deny] ").split()
        if answer == ["a"]:
            return {"accounts": accounts}
        if not answer or any(not n.isascii() or not n.isdigit() or not 1 <= int(n) <= len(accounts) for n in answer):
            return {"accounts": None}
        return {"accounts": [accounts[int(n) - 1] for n in answer]}

    def ui_approveNewAccount(self, r):
        self.heading("A new account is to be made, whose address the caller gets to know")
        self.meta(r["meta"])
        return {"approved": self.confirmed()}

    def ui_approvePairing(self, r):
        self.heading("A caller wants to be known by a name")
        self.line("name", printable(r["name"]))
        self.line("key", printable(r["key"]))
        self.line("code", printable(r["code"]))
        self.meta(r["meta"])
        self.terminal.show("  Approve only if the caller shows the same code now.")
        return {"approved": self.confirmed()}

    def ui_onInputRequired(self, r):
        self.heading(printable(r["title"]))
        prompt = printable(r["prompt"]) + ": "
        return {"text": self.terminal.ask_secret(prompt) if r["isPassword"] else self.terminal.ask(prompt)}

    # The parts of a request.

    def transaction(self, tx, call_info):
        self.address("from", tx["from"])
        if tx.get("to") is None:
            self.warn("this creates a contract")
        else:
            self.address("to", tx["to"])
        value, gas = quantity(tx["value"]), quantity(tx["gas"])
        self.line("value", "%s ether (%d wei)" % (ether(value), value))
        price = tx.get("maxFeePerGas") or tx.get("gasPrice")
        if price is None:
            self.warn("no price of gas is given")
        else:
            self.line("highest fee", "%s ether (%d gas)" % (ether(quantity(price) * gas), gas))
        self.line("nonce", "%d" % quantity(tx["nonce"]))
        known = {"from", "to", "value", "gas", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "nonce", "data", "input", "chainId",
                 "authorizationList", "blobs", "commitments", "proofs"}
        if tx.get("chainId") is not None:
            self.line("chain", "%d" % quantity(tx["chainId"]))
        for name in ("data", "input"):
            if tx.get(name) not in (None, "0x"):
                self.line(name, data_text(tx[name]))
        for one in tx.get("authorizationList") or []:
            self.warn("the code of a contract gets power over another account")
            self.address("the code of", checksummed(one["address"]))
        if tx.get("blobs"):
            self.line("blobs", "%d" % len(tx["blobs"]))
        for name in sorted(set(tx) - known):
            if tx[name] is not None:
                self.line(printable(name), printable(tx[name]))
        self.call_info(call_info)

    def fields(self, messages, depth):
        if depth > 32:
            raise Refused("the data is nested too deeply to be shown")
        for m in messages:
            self.left -= 1
            if self.left < 0:
                raise Refused("the data has too many fields to be shown")
            if isinstance(m, list):  # an element of an array of structures
                self.terminal.show("  " * depth + "-")
                self.fields(m, depth + 1)
                continue
            head = "%s%s [%s]:" % ("  " * depth, printable(m["name"]), printable(m["type"]))
            if isinstance(m["value"], list):
                self.terminal.show(head)
                self.fields(m["value"], depth + 1)
            else:
                self.terminal.show("%s %s" % (head, printable(m["value"])))

    def call_info(self, call_info):
        for m in call_info or []:
            text = printable(m["message"])
            if m["type"] in ("WARNING", "CRITICAL"):
                self.warn(text)
            else:
                self.line("note", text)

    def meta(self, meta):
        self.line("from whom", "%s -> %s -> %s" % tuple(printable(meta[m]) for m in ("remote", "scheme", "local")))
        self.line("it proved to be", printable(meta.get("caller") or "nobody"))
        for name in ("User-Agent", "Origin"):
            if meta.get(name):
                self.line("it says " + name, printable(meta[name]))

    def address(self, name, address, must_check=True):
        if not isinstance(address, str):
            raise Refused("an address is no text")
        verdict = spelling(address)
        self.line(name, printable(address))
        if verdict == "bad":
            self.warn("THE CHECKSUM OF THIS ADDRESS IS WRONG: it may be mistyped")
        elif verdict == "none" and must_check:
            self.warn("this address has no checksum")
        if self.terminal.colour and re.fullmatch(r"0x[0-9a-fA-F]{40}", address):
            self.terminal.show(*("    " + row for row in drawn(address)))

    def heading(self, text):
        self.warnings = []
        self.terminal.show("", "=== " + text + " ===")

    def line(self, name, text):
        self.terminal.show("  %-16s %s" % (name + ":", text))

    def warn(self, text):
        self.warnings.append(text)
        self.terminal.show("  !! " + text)

    def confirmed(self):
        """Whether the person approves. With a warning it takes the whole word."""
        if self.warnings:
            return self.terminal.ask("approve in spite of %d warnings? [yes/N] " % len(self.warnings)) == "yes"
        return self.terminal.ask("approve? [y/N] ") == "y"


# --- the signer -------------------------------------------------------------------------

DENIALS = {
    "ui_approveTx": {"transaction": None, "approved": False}, "ui_approveListing": {"accounts": None},
    "ui_approveSignData": {"approved": False}, "ui_approveNewAccount": {"approved": False},
    "ui_approveBulkTx": {"approved": False}, "ui_approvePairing": {"approved": False},
}


def answer(person, message):
    """The reply to a call of the signer. Whatever goes wrong in it denies."""
    reply = {"jsonrpc": "2.0", "id": message["id"]}
    method = message.get("method")
    if method not in DENIALS and method != "ui_onInputRequired":
        reply["error"] = {"code": -32601, "message": "the method does not exist/is not available"}
        return reply
    try:
        reply["result"] = getattr(person, method)(message["params"][0])
    except (Refused, KeyError, IndexError, TypeError, ValueError, AttributeError, EOFError) as e:
        why = str(e) if isinstance(e, Refused) else "the request is not understood"
        person.terminal.show("  !! denied: " + why)
        if method in DENIALS:
            reply["result"] = DENIALS[method]
        else:
            reply["error"] = {"code": -32000, "message": "no answer"}
    return reply


def tell(terminal, message):
    """Shows what the signer says without wanting an answer."""
    try:
        method, p = message.get("method"), message["params"][0]
        if method in ("ui_showInfo", "ui_showError"):
            terminal.show(*("%s: %s" % (method[7:].lower(), printable(line)) for line in p["text"].split("\n")))
        elif method == "ui_onApprovedTx":
            terminal.show("signed: " + printable(p["tx"]["hash"]))
        elif method == "ui_onSignerStartup":
            for name, value in sorted(p["info"].items()):
                terminal.show("signer: %s %s" % (printable(name), printable(value, 1 << 20)[:MAX_TEXT]))
    except (Refused, KeyError, IndexError, TypeError, AttributeError):
        terminal.show("a message of the signer is not understood")


def converse(read, write, terminal):
    """Answers the signer until it ends its side, one question at a time."""
    calls = queue.Queue()

    def listen():
        try:
            while line := read():
                message = json.loads(line, object_pairs_hook=unique)
                if "id" in message:
                    calls.put(message)
                else:
                    tell(terminal, message)  # at once, also while a question is asked
        except (ValueError, TypeError, RecursionError):
            terminal.show("the signer wrote something that is no message")
        finally:
            calls.put(None)

    threading.Thread(target=listen, daemon=True).start()
    person = Person(terminal)
    while message := calls.get():
        write(json.dumps(answer(person, message)) + "\n")


def inspect(path):
    """Opens the signer's binary if nobody else can change it: its file and hash."""
    path = os.path.realpath(path)
    file = open(path, "rb")
    info = os.fstat(file.fileno())
    if not stat.S_ISREG(info.st_mode) or not info.st_mode & 0o111:
        raise Refused("%s is no program" % path)
    if info.st_mode & (stat.S_ISUID | stat.S_ISGID):
        raise Refused("%s runs as another user" % path)
    checks = [(path, info, False)]
    folder = os.path.dirname(path)
    while True:
        checks.append((folder, os.stat(folder), True))
        if folder == os.path.dirname(folder):
            break
        folder = os.path.dirname(folder)
    for name, status, is_folder in checks:
        if status.st_uid not in (0, os.geteuid()):
            raise Refused("%s belongs to another user" % name)
        if status.st_mode & 0o022 and not (is_folder and status.st_mode & stat.S_ISVTX):
            raise Refused("%s can be changed by others (mode %o): chmod go-w it" % (name, status.st_mode & 0o7777))
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return path, file, digest.hexdigest()


def launch(path, file, arguments):
    """Starts the very file that was looked at."""
    if "--stdio-ui" not in arguments:
        arguments = ["--stdio-ui"] + arguments
    fd = file.fileno()
    exact = "/proc/self/fd/%d" % fd
    return subprocess.Popen(
        [path] + arguments, executable=exact if os.path.exists(exact) else path, pass_fds=(fd,),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )


def run(path, arguments, wanted, terminal):
    path, file, digest = inspect(path)
    terminal.show("signer: " + printable(path), "sha256: " + digest)
    if wanted is not None and wanted.lower() != digest:
        raise Refused("the program is not the one with the hash %s" % printable(wanted))
    with file, launch(path, file, arguments) as signer:
        def write(text):
            signer.stdin.write(text.encode())
            signer.stdin.flush()
        try:
            converse(lambda: signer.stdout.readline(MAX_LINE), write, terminal)
        except (KeyboardInterrupt, BrokenPipeError):
            terminal.show("")
        finally:
            signer.terminate()
    return signer.returncode


def main():
    parser = argparse.ArgumentParser(description="A small UI for the signer.")
    parser.add_argument("--self-test", action="store_true", help="test this program, and nothing else")
    parser.add_argument("--sha256", metavar="HEX", help="refuse a signer with another hash")
    parser.add_argument("signer", nargs="?", help="path of the signer's binary")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    options = parser.parse_args()
    if options.self_test:
        import runpy
        beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "self_test.py")
        return runpy.run_path(beside)["self_test"](sys.modules[__name__])
    if not options.signer:
        parser.error("the path of the signer is missing")
    try:
        return run(options.signer, options.arguments, options.sha256, Terminal())
    except (Refused, OSError) as e:
        print("clef_ui: %s" % e, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
