"""Tests that fit any built model, and what tests of one problem are written with.

`tests/model` takes all of them in one line, `from retrain.testing import *`, and gives them the
fixture `built`. The kinds of test are those of Ribeiro et al. (2020), "Beyond Accuracy: Behavioral
Testing of NLP Models with CheckList", and of Breck et al. (2017), "The ML Test Score".
"""

from retrain.testing.built import Built
from retrain.testing.cost import (
    test_scoring_is_not_much_slower_than_a_hundred_trees,
    test_the_model_is_not_much_larger_than_its_training_data,
)
from retrain.testing.invariance import (
    test_a_columns_type_does_not_matter,
    test_an_identifier_does_not_matter,
    test_order_and_company_of_rows_do_not_matter,
)
from retrain.testing.learning import (
    test_a_tiny_sample_is_learned,
    test_shuffled_outcomes_are_not_learned,
)
from retrain.testing.robustness import (
    test_any_number_may_be_missing,
    test_any_word_may_be_unknown,
)
from retrain.testing.scoring import (
    test_every_prediction_is_possible,
    test_highest_and_lowest_predictions_are_on_the_right_side,
    test_it_beats_the_reference,
    test_prediction_equals_evaluation,
)
from retrain.testing.slices import (
    test_it_is_calibrated_in_every_slice,
    test_no_slice_is_surely_worse_than_the_reference,
)

__all__ = [
    "Built",
    "test_a_columns_type_does_not_matter",
    "test_a_tiny_sample_is_learned",
    "test_an_identifier_does_not_matter",
    "test_any_number_may_be_missing",
    "test_any_word_may_be_unknown",
    "test_every_prediction_is_possible",
    "test_highest_and_lowest_predictions_are_on_the_right_side",
    "test_it_beats_the_reference",
    "test_it_is_calibrated_in_every_slice",
    "test_no_slice_is_surely_worse_than_the_reference",
    "test_order_and_company_of_rows_do_not_matter",
    "test_prediction_equals_evaluation",
    "test_scoring_is_not_much_slower_than_a_hundred_trees",
    "test_shuffled_outcomes_are_not_learned",
    "test_the_model_is_not_much_larger_than_its_training_data",
]
