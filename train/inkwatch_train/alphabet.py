"""The characters that recipes speak of."""

import string

ALPHANUMERIC = string.digits + string.ascii_uppercase + string.ascii_lowercase
PUNCTUATION = "!\"#$%&'()*+,-./:;=?@"
