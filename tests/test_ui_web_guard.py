"""The parts of the guard, each by itself."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

from index.errors import InputError, SettingsError
from tests.toy_site import PASSWORD, USER, users
from ui.cli import main
from ui.web.guard.accounts import Accounts, read_users, write_users
from ui.web.guard.doorway import Doorway
from ui.web.guard.identity import Identity, read_cookie
from ui.web.guard.limits import Allowance
from ui.web.guard.passwords import fits, hash_password, hash_token, is_stored, make_token
from ui.web.guard.rules import Rules
from ui.web.guard.sessions import Sessions, Tries
from ui.web.guard.wire import network_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["dateline", *words])
    with pytest.raises(SystemExit, match="0"):
        main()


def test_a_password_is_stored_by_its_hash() -> None:
    first, second = hash_password("correct horse"), hash_password("correct horse")
    assert first != second
    assert first.startswith("scrypt$14$8$5$")
    assert fits("correct horse", first)
    assert not fits("correct horsf", first)
    assert fits("e\u0301clair au matin", hash_password("\u00e9clair au matin"))
    for wrong in ("short", "x" * 1001):
        with pytest.raises(InputError, match="a password has 10 to 1,000 characters"):
            hash_password(wrong)
    assert is_stored(first)
    assert is_stored(hash_token(make_token()))
    for broken in ("", "scrypt$", "scrypt$14$8$5$YQ==$YQ==", "token$12", "md5$abc", "scrypt$40$8$5$" + "YWFh" * 8):
        assert not is_stored(broken)


def test_the_file_of_users_is_read_again_when_it_changes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file, token = tmp_path / "users", make_token()
    write_users(file, {"nadia": [hash_password("correct horse"), hash_token(token)]})
    assert file.stat().st_mode & 0o777 == 0o600
    accounts = Accounts(file)
    assert accounts.check("nadia", "correct horse")
    assert not accounts.check("nadia", "wrong horse!")
    assert not accounts.check("nobody", "correct horse")
    assert (accounts.of_token(token), accounts.of_token(make_token())) == ("nadia", None)
    stamp = accounts.stamp("nadia")
    write_users(file, {"omar": [hash_password("another horse")]})
    assert accounts.check("omar", "another horse")
    assert (accounts.stamp("nadia"), accounts.of_token(token)) == (None, None)
    assert stamp is not None
    file.write_text("omar\n")
    assert accounts.check("omar", "another horse")
    assert "line 1: not name:hash" in caplog.text
    with pytest.raises(SettingsError, match="not name:hash, as dateline users add writes it"):
        Accounts(file)
    with pytest.raises(SettingsError, match="the users cannot be read"):
        Accounts(tmp_path / "none")
    write_users(file, {})
    file.chmod(0o644)
    Accounts(file)
    assert "can be read by others" in caplog.text


def test_sessions_end() -> None:
    clock, stamps = Clock(), {"nadia": 1}
    sessions = Sessions(stamps.get, clock)
    secret = sessions.open("nadia")
    assert (sessions.user(secret), sessions.user(secret + "x")) == ("nadia", None)
    clock.now += 11 * 3600
    assert sessions.user(secret) == "nadia"
    clock.now += 12 * 3600 + 1
    assert sessions.user(secret) is None
    secret = sessions.open("nadia")
    for _ in range(16):
        clock.now += 11 * 3600
        last = sessions.user(secret)
    assert last is None  # a week is the most
    first, second = sessions.open("nadia"), sessions.open("nadia")
    sessions.close(first)
    assert (sessions.user(first), sessions.user(second)) == (None, "nadia")
    stamps["nadia"] = 2
    assert sessions.user(second) is None


def test_tries_wait_twice_as_long_each_time() -> None:
    clock = Clock()
    tries = Tries(clock)
    assert [tries.begin("a") for _ in range(5)] == [0] * 5
    waits = []
    for _ in range(4):
        waits.append(tries.begin("a"))
        clock.now += waits[-1]
        assert tries.begin("a") == 0
    assert waits == [1, 2, 4, 8]
    assert tries.begin("b") == 0
    tries.forgive("a")
    assert tries.begin("a") == 0
    for _ in range(40):
        clock.now += tries.begin("c")
    assert tries.begin("c") <= 900
    clock.now += 3601
    assert [tries.begin("c") for _ in range(5)] == [0] * 5


def test_nobody_is_locked_out_from_elsewhere(tmp_path: Path) -> None:
    identity = Identity(Accounts(users(tmp_path)))

    async def tries() -> float | None:
        await asyncio.gather(*(identity.check("192.0.2.1", USER, "wrong") for _ in range(60)))
        return await identity.check("198.51.100.7", USER, PASSWORD)

    assert asyncio.run(tries()) is None


def test_one_host_of_the_new_kind_is_one() -> None:
    tries = [network_of(f"2001:db8::{one}") for one in range(3)]
    assert set(tries) == {"2001:db8::/64"}


@pytest.mark.parametrize("beside", ['prefs={"a": 1}; ', "foo=a b; ", "x[1]=2; ", "flag; "])
def test_the_cookie_is_found_beside_those_of_others(beside: str) -> None:
    assert read_cookie(Headers({"cookie": f"{beside}dateline=secret"}), "http") == "secret"
    assert read_cookie(Headers({"cookie": f"{beside}dateline=planted"}), "https") is None
    assert read_cookie(Headers({"cookie": f"__Host-dateline=secret; {beside}"}), "https") == "secret"


def test_who_is_behind_a_proxy() -> None:
    async def seen(peer: str, *lines: str) -> str:
        found: list[str] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
            found.append(scope["dateline.address"])

        headers = [(b"host", b"localhost"), *((b"x-forwarded-for", line.encode()) for line in lines)]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "scheme": "http",
            "headers": headers,
            "client": (peer, 1),
        }
        await Doorway(app, Rules(proxies=("127.0.0.1",)))(scope, None, None)  # type: ignore[arg-type]
        return found[0]

    assert asyncio.run(seen("127.0.0.1", "203.0.113.9", "192.0.2.1")) == "192.0.2.1"  # the proxy's own line is the last
    assert asyncio.run(seen("::ffff:127.0.0.1", "::ffff:192.0.2.1")) == "192.0.2.1"
    assert asyncio.run(seen("::ffff:198.51.100.7", "192.0.2.1")) == "198.51.100.7"


def test_an_allowance_comes_back_over_the_minute() -> None:
    clock = Clock()
    allowance = Allowance(6, clock)
    assert [allowance.wait("a") for _ in range(6)] == [0] * 6
    assert allowance.wait("a") == 10
    assert allowance.wait("b") == 0
    clock.now += 10
    assert [allowance.wait("a"), allowance.wait("a")] == [0, 10]
    assert Allowance(0, clock).wait("a") == 0


def test_rules_follow_from_where_the_server_listens() -> None:
    assert (Rules().local, Rules().rate) == (True, 0)
    assert (Rules(auth=Path("users")).rate, Rules(auth=Path("users"), per_minute=0).rate) == (120, 0)
    public = Rules(host="0.0.0.0", hosts=("News.example",))
    assert (public.local, public.rate) == (False, 120)
    assert (Rules(proxies=("127.0.0.1",)).local, Rules(host="::1").local, Rules(host="localhost").local) == (
        False, True, True)  # fmt: skip
    assert all(map(public.knows, ("news.example", "news.example.", "192.0.2.1", "fe80::1", "localhost")))
    assert not any(map(public.knows, ("evil.example", "example", "", "1.2.3.4.evil.example")))
    assert not Rules().knows("192.0.2.1")
    behind = Rules(hosts=("news.example",))  # on loopback, but somebody passes others on
    assert (behind.local, behind.may_change, behind.rate) == (False, False, 120)
    inner = Rules(proxies=("172.30.7.0/24", "::1"))
    assert [inner.trusts(one) for one in ("172.30.7.9", "::1", "172.30.8.1", "?")] == [True, True, False, False]
    with pytest.raises(SettingsError, match="--proxy 'caddy': give an address or a network"):
        Rules(proxies=("caddy",))


def test_users_are_kept_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "users")
    answers = iter(["correct horse", "correct horse", "first horse", "other horse"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    run(monkeypatch, "users", "add", "nadia", "--file", file)
    run(monkeypatch, "users", "token", "nadia", "--file", file)
    token = capsys.readouterr().out.splitlines()[-1]
    accounts = Accounts(Path(file))
    assert accounts.check("nadia", "correct horse")
    assert accounts.of_token(token) == "nadia"
    monkeypatch.setattr(sys, "argv", ["dateline", "users", "add", "nadia", "--file", file])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "the two are not the same" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.readline", lambda: "a third horse\n", raising=False)
    run(monkeypatch, "users", "list", "--file", file)
    assert "nadia  1 password, 1 tokens" in capsys.readouterr().out
    run(monkeypatch, "users", "remove", "nadia", "--file", file)
    assert read_users(Path(file)) == {}
    for words in (["remove", "nadia"], ["add", "a:b"], ["add", "a b"]):
        monkeypatch.setattr(sys, "argv", ["dateline", "users", *words, "--file", file])
        with pytest.raises(SystemExit, match="2"):
            main()
