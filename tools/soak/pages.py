"""Pages that are drawn, each with words of its own."""

import cv2
import numpy as np

_WORDS = ("milk", "bread", "tea", "sugar", "lamp", "house", "garden", "letter", "window", "paper")


def draw_page(number: int) -> bytes:
    """A page as PNG, 900 x 600 pixels; its text follows from the number, up to 999 of them."""
    rng = np.random.default_rng(number)
    page = rng.normal(225, 2, (600, 900)).clip(0, 255).astype(np.uint8)
    words = [_WORDS[number // 10**place % 10] for place in range(3)]
    for row, word in enumerate(words):
        left_px = 80
        for letter in word:
            # Apart from each other, as the reader wants them.
            at = (left_px, 150 + 150 * row)
            cv2.putText(page, letter, at, cv2.FONT_HERSHEY_SIMPLEX, 2.5, 40, 6, cv2.LINE_AA)
            left_px += 75
    done, data = cv2.imencode(".png", page)
    if not done:
        raise ValueError("OpenCV writes no PNG")
    return bytes(data)
