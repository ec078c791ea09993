import hashlib

from iomt.targets.kubernetes.pod import hash_of


def test_a_hash_is_sha256_for_the_first_texts_and_for_all_after_them():
    for number in range(500):
        text = f"né {number}\n"
        assert hash_of(text) == hashlib.sha256(text.encode()).hexdigest()[:16]
