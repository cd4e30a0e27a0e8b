"""What a recipe's `start_from` names, and what follows from it."""

import msgspec

from inkwatch.errors import DataError
from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch_train.bundle_weights import BundleWeights, read_weights
from inkwatch_train.recipe import Recipe


def open_start(recipe: Recipe) -> tuple[Bundle, BundleWeights]:
    """Open the bundle that training begins with.

    Raises:
        BundleError: there is none of that name, or it is damaged or made for another crop.
        DataError: its terms are stricter than the recipe's, or its network is of another kind.
    """
    bundle = load_bundle(recipe.start_from)
    require_terms(bundle, recipe.name, recipe.terms)
    return bundle, read_weights(bundle)


def require_terms(bundle: Bundle, recipe: str, terms: str) -> None:
    """See that what is trained from a bundle has terms as strict as the bundle's.

    Raises:
        DataError: the recipe is `open`, the bundle is not.
    """
    if terms == "open" and bundle.card.terms != "open":
        raise DataError(
            f"Bundle '{bundle.name}' is for research only, and so is whatever is trained from it: "
            f"set terms = \"research\" in the recipe '{recipe}', or start from another."
        )


def with_network(recipe: Recipe, start: BundleWeights) -> Recipe:
    """Give the recipe the bundle's network, with its own dropout."""
    network = msgspec.structs.replace(start.network, dropout=recipe.network.dropout)
    return msgspec.structs.replace(recipe, network=network)
