"""Which part of a sensor to take for a region of the view."""


def sensor_crop(
    region: tuple[float, float, float, float], whole: tuple[int, int, int, int], shape: float
) -> tuple[int, int, int, int]:
    """The part of a sensor that shows a region of the view and has the picture's shape.

    Args:
        region: left, top, width and height as shares of the picture without a region.
        whole: left, top, width and height in the sensor's pixels.
        shape: the picture's width through its height.

    Returns:
        Left, top, width and height in the sensor's pixels, inside the whole.
    """
    left, top, width, height = whole
    # What the picture shows without a region is as large as its shape lets it be.
    full_width = min(width, height * shape)
    wanted = max(region[2] * full_width, region[3] * full_width, 64 * shape)
    crop_width = min(wanted, full_width)
    crop_height = crop_width / shape
    middle_x = left + (width - full_width) / 2 + (region[0] + region[2] / 2) * full_width
    full_height = full_width / shape
    middle_y = top + (height - full_height) / 2 + (region[1] + region[3] / 2) * full_height
    at_x = min(max(middle_x - crop_width / 2, left), left + width - crop_width)
    at_y = min(max(middle_y - crop_height / 2, top), top + height - crop_height)
    return int(at_x), int(at_y), int(crop_width), int(crop_height)
