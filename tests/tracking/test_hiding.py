"""No secret of a URI is shown, however it is written and whoever prints it."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_sweep.errors import UserError
from glorot_sweep.sweep.storage.database import storage_uri
from glorot_sweep.tracking import runs
from glorot_sweep.tracking.address import refuse_missing_store, tracking_uri
from glorot_sweep.tracking.hiding import hide_secrets, shown_uri
from glorot_sweep.tracking.place import find_place


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://ann:secret@host:5000/x", "https://ann:***@host:5000/x"),
        ("postgresql+psycopg://ann:s@host/db", "postgresql+psycopg://ann:***@host/db"),
        ("postgresql://ann:s@cret@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann:a/b@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann:my secret@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann:12 3@host/db", "postgresql://ann:***@host/db"),
        ("postgresql://ann@corp:s@host/db", "postgresql://***@host/db"),
        ("postgresql://ann@host/x", "postgresql://ann@host/x"),
        ("https://TOKEN@host/x", "https://***@host/x"),
        ("https://TOKEN:@host/x", "https://***:@host/x"),
        ("https://TOKEN:x-oauth-basic@host/x", "https://***:x-oauth-basic@host/x"),
        ("ann:secret@host/x", "ann:***@host/x"),
        ("http://host:5000", "http://host:5000"),
        ("http://[::1]:5000/x", "http://[::1]:5000/x"),
        ("https://host/a@b", "https://host/a@b"),
        ("sqlite:////a@x/b:c@d.db", "sqlite:////a@x/b:c@d.db"),
        ("sqlite:////a&key=1/b.db?timeout=3", "sqlite:////a&key=1/b.db?timeout=3"),
        ("sqlite+pysqlcipher://:secret@//a.db", "sqlite+pysqlcipher://:***@//a.db"),
        ("postgresql://h/x?user=a&password=b", "postgresql://h/x?user=a&password=***"),
        ("postgresql://h/x?sslpassword=b&a=1", "postgresql://h/x?sslpassword=***&a=1"),
        ("postgresql://h/x?p%61ssword=b", "postgresql://h/x?p%61ssword=***"),
        ("https://h/x?a=1;token=b?c#d&z=2", "https://h/x?a=1;token=***&z=2"),
        ("https://h/x?sv=1&sig=b%3D", "https://h/x?sv=1&sig=***"),
        ("https://h/x?auth=b", "https://h/x?auth=***"),
        ("https://h/x?X-Amz-Signature=b&pw=c", "https://h/x?X-Amz-Signature=***&pw=***"),
        ("https://h/#access_token=b", "https://h/#access_token=***"),
    ],
)
def test_a_uri_is_shown_without_its_secrets(uri, shown):
    assert shown_uri(uri) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sent to http://a:b@h/x and http://c:d@i", "sent to http://a:***@h/x and http://c:***@i"),
        ("'https://TOKEN@h' is away", "'https://***@h' is away"),
        ("postgresql://ann:my long word@h/x is away", "postgresql://ann:***@h/x is away"),
        ("http://h:5000 is away; ask ann@corp", "http://h:5000 is away; ask ann@corp"),
        ("url: /api?token=b (Caused by x)", "url: /api?token=*** (Caused by x)"),
        ("ann@corp = a:b@c", "ann@corp = a:b@c"),
    ],
)
def test_a_text_is_shown_without_the_secrets_of_its_uris(text, shown):
    assert hide_secrets(text) == shown


BEGIN, END = "Zq7", "9xK"
secrets = st.text("aB3 @:/?#&=;%'\"+é\n", max_size=12).map(lambda one: f"{BEGIN}{one}{END}")
schemes = st.sampled_from(["http", "https", "postgresql", "postgresql+psycopg", "mysql", "git+ssh"])
names = st.sampled_from(
    ["password", "sslpassword", "sig", "auth", "token", "access_token", "api-key", "Signature"]
)
hosts = st.sampled_from(["host", "host:5432", "[::1]:80", "h.example"])
frames = st.sampled_from(["{}", "cannot open {}: no", "'{}' refused", "a {} b http://c:5000 d"])


def assert_hidden(text):
    assert BEGIN not in text
    assert END not in text


@given(schemes, secrets, hosts, frames)
def test_no_password_of_a_user_is_shown(scheme, secret, host, frame):
    uri = f"{scheme}://ann:{secret}@{host}/x?user=ann"
    assert shown_uri(uri) == f"{scheme}://ann:***@{host}/x?user=ann"
    assert_hidden(hide_secrets(frame.format(uri), uri))
    assert_hidden(hide_secrets(frame.format(f"{secret!s} or {quote(secret)}"), uri))
    assert_hidden(hide_secrets(frame.format(f"{scheme}://ann:{quote(secret, safe='')}@{host}/x")))


@given(schemes, names, secrets.map(lambda one: one.replace("&", "+")), hosts, frames)
def test_no_secret_of_a_query_is_shown(scheme, name, secret, host, frame):
    uri = f"{scheme}://{host}/x?a=1&{name}={secret}&b=2"
    if "@" not in secret:
        assert shown_uri(uri) == f"{scheme}://{host}/x?a=1&{name}=***&b=2"
    assert_hidden(hide_secrets(frame.format(uri), uri))
    assert_hidden(hide_secrets(frame.format(f"/x?{name}={quote(secret, safe='')}&b=2")))


@given(secrets.filter(lambda one: not {*":/?#@"} & {*one}), hosts, frames)
def test_no_token_in_the_place_of_a_user_is_shown(secret, host, frame):
    uri = f"https://{secret}@{host}/x"
    assert shown_uri(uri) == f"https://***@{host}/x"
    assert_hidden(hide_secrets(frame.format(uri), uri))


SECRET = "hush hush"


@pytest.mark.parametrize(
    "uri",
    [
        f"http://ann:{SECRET}@127.0.0.1:1/x",
        f"http://{SECRET}@127.0.0.1:1/x",
        f"http://127.0.0.1:1/x?sig={SECRET}",
        f"postgresql://ann:{SECRET}@127.0.0.1:1/x",
        f"127.0.0.1:1/?auth={SECRET}",
        f"//ann:{SECRET}@127.0.0.1/x",
        f"sqlite+pysqlcipher://:{SECRET}@/x.db",
        f"sqlite:////no/folder/x.db?password={SECRET}",
        f"ann:{SECRET}@host/x",
    ],
)
def test_no_refusal_of_an_address_shows_its_secret(uri, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    refusals = []
    for refused in (
        lambda: find_place(uri, None, create=True),
        lambda: storage_uri(uri, "http://h"),
        lambda: refuse_missing_store(tracking_uri(uri)),
    ):
        try:
            refused()
        except UserError as error:
            refusals.append(str(error))
    assert refusals
    assert not [one for one in refusals if "hush" in one]


def test_no_tag_shows_a_secret(place, monkeypatch):
    tags = {"mlflow.source.git.repoURL": f"https://{SECRET[:4]}@host/x.git"}
    monkeypatch.setattr(runs, "resolve_tags", lambda: tags)
    run = runs.RunStore(place.client, place.experiment_id).create("x", {})
    stored = place.client.get_run(run.run_id).data.tags
    assert stored["mlflow.source.git.repoURL"] == "https://***@host/x.git"
