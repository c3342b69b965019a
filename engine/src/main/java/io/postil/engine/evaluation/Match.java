package io.postil.engine.evaluation;

import io.postil.core.value.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * One pair of an evaluation; a side that has no partner is null throughout.
 *
 * @param groundTruth the true class, or the name for no label
 * @param predicted the predicted class, or the name for no label
 * @param iou the overlap, or null without a partner
 * @param confidence of the prediction, or null
 * @param groundTruthId the true label
 * @param predictedId the predicted label
 */
public record Match(
    String groundTruth,
    String predicted,
    @Nullable Double iou,
    @Nullable Double confidence,
    @Nullable ObjectId groundTruthId,
    @Nullable ObjectId predictedId) {}
