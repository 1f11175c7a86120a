"""`lanthorn report`: the page, and what is said about it."""


def test_the_page_is_written_and_named(lanthorn, trained, photos, tmp_path):
    page = tmp_path / "new folder" / "page.html"
    code, out, err = lanthorn("report", trained, photos, "-o", page, "--maps", "1", "--no-check", "--title", "A & B")
    assert code == 0 and err == ""
    assert f"The report is in {page}" in out and "accuracy" in out and "validation" in out
    text = page.read_text("utf-8")
    assert "<title>A &amp; B</title>" in text and "--title &#x27;A &amp; B&#x27;" in text
    assert text.count('alt="where the network saw') == 1


def test_a_broken_photo_is_listed_and_no_end(lanthorn, trained, own_photos, tmp_path):
    (own_photos / "validation" / "boat" / "bad.jpg").write_bytes(b"no")
    code, _, err = lanthorn("report", trained, own_photos, "-o", tmp_path / "page.html", "--no-check", "--maps", "0")
    assert code == 0 and "bad.jpg" in err and "Traceback" not in err
    text = (tmp_path / "page.html").read_text("utf-8")
    assert 'id="unreadable"' in text and '<bdi dir="auto">bad</bdi>.jpg' in text


def test_another_kind_of_file_is_refused(lanthorn, trained, photos, tmp_path):
    code, _, err = lanthorn("report", trained, photos, "-o", tmp_path / "page.pdf")
    assert code == 1 and "ends in .html" in err
