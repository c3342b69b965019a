"""What FiftyOne does in the tests of a shared database: python fiftyone_side.py STEP [ARGUMENT...]

Each step is one process, as with a user's. A step that finds anything wrong fails. The database is
that of FIFTYONE_DATABASE_URI and FIFTYONE_DATABASE_NAME.
"""
import datetime
import json
import os
import sys

import numpy as np

import fiftyone as fo
import fiftyone.core.fields as fof
import fiftyone.core.metadata as fom
import fiftyone.utils.annotations as foua
from fiftyone import ViewField as F


# --- an annotation backend of FiftyOne's own, with a file for a server --------------------------


class FileBackendConfig(foua.AnnotationBackendConfig):
    def __init__(self, name, label_schema, media_field="filepath", file=None, **kwargs):
        super().__init__(name, label_schema, media_field=media_field, **kwargs)
        self.file = file


class FileBackend(foua.AnnotationBackend):
    supported_media_types = ["image"]
    supported_label_types = ["detection", "detections"]
    supported_scalar_types = [fof.IntField, fof.StringField]
    supported_attr_types = ["text"]
    supports_keyframes = False
    supports_video_sample_fields = False
    requires_label_schema = True

    def recommend_attr_tool(self, name, value):
        return {"type": "text"}

    def requires_attr_values(self, attr_type):
        return False

    def upload_annotations(self, samples, anno_key, launch_editor=False):
        id_map, sent = {}, []
        for field in self.config.label_schema:
            id_map[field] = {}
            for sample in samples:
                labels = sample[field].detections if sample[field] else []
                id_map[field][sample.id] = [label.id for label in labels]
                for label in labels:
                    sent.append([field, sample.id, label.id, label.label, label.bounding_box])
        with open(self.config.file, "w") as f:
            json.dump(sent, f)
        return FileResults(samples, self.config, anno_key, id_map, backend=self)

    def download_annotations(self, results):
        """The answer: what was sent, but everything is now a zebra."""
        answer = {}
        with open(self.config.file) as f:
            for field, sample, label, _, box in json.load(f):
                detection = fo.Detection(label="zebra", bounding_box=box)
                detection.id = label
                by_sample = answer.setdefault(field, {}).setdefault("detections", {})
                by_sample.setdefault(sample, {})[label] = detection
        return answer


class FileResults(foua.AnnotationResults):
    @classmethod
    def _from_dict(cls, d, samples, config, anno_key):
        return cls(samples, config, anno_key, d["id_map"])

    def cleanup(self):
        pass


def use_file_backend():
    sys.modules.setdefault("fiftyone_side", sys.modules["__main__"])
    FileBackendConfig.__module__ = FileBackend.__module__ = FileResults.__module__ = "fiftyone_side"
    fo.annotation_config.backends["file"] = {"config_cls": "fiftyone_side.FileBackendConfig"}


# --- datasets -------------------------------------------------------------------------------------


def images():
    """Every type of label and field, masks, a saved view, an evaluation, an annotation run."""
    mask = np.zeros((6, 8), dtype=bool)
    mask[2:4, 3:6] = True
    kwargs = dict(instance=fo.Instance())
    samples = []
    for i in range(4):
        sample = fo.Sample(filepath="/data/%d.png" % i, tags=["t%d" % i, "all"])
        sample.metadata = fom.ImageMetadata(size_bytes=9, mime_type="image/png", width=64, height=48, num_channels=3)
        sample["ground_truth"] = fo.Detections(
            detections=[
                fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.3, 0.3], iscrowd=False, age=3, index=1, **kwargs),
                fo.Detection(label="dog", bounding_box=[0, 0, 1, 1], mask=mask, names=["a", "b"], extra={"x": {"y": 1}}),
                fo.Detection(label="dog", bounding_box=[0.5, 0.5, 0.2, 0.2], mask_path="/data/m.png"),
            ]
        )
        sample["predictions"] = fo.Detections(
            detections=[
                fo.Detection(label="cat", bounding_box=[0.1, 0.1, 0.31, 0.3], confidence=0.9),
                fo.Detection(label="dog", bounding_box=[0.8, 0.1, 0.1, 0.1], confidence=0.85),
            ]
        )
        sample["weather"] = fo.Classification(label="rain", confidence=0.5, logits=np.array([0.1, 0.9]))
        sample["many"] = fo.Classifications(classifications=[fo.Classification(label="x"), fo.Classification(label="y")])
        sample["lines"] = fo.Polylines(
            polylines=[fo.Polyline(label="road", points=[[(0.1, 0.1), (0.5, 0.5)], [(0.2, 0.2), (0.3, 0.1)]], closed=True, filled=True)]
        )
        sample["pose"] = fo.Keypoints(
            keypoints=[fo.Keypoint(label="body", points=[(0.1, 0.2), (float("nan"), float("nan"))], confidence=[0.5, 0.1], occluded=[True, False])]
        )
        sample["area"] = fo.Segmentation(mask=(np.arange(48 * 64).reshape(48, 64) % 3).astype(np.uint8))
        sample["area_file"] = fo.Segmentation(mask_path="/data/seg.png")
        sample["heat"] = fo.Heatmap(map=np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8), range=[0, 1])
        sample["quality"] = fo.Regression(value=1.5)
        sample["when"] = fo.TemporalDetection(label="jump", support=[1, 3])
        sample["place"] = fo.GeoLocation(point=[-73.9, 40.7])
        sample["places"] = fo.GeoLocations(points=[[-73.9, 40.7], [-73.8, 40.6]])
        sample["number"] = i
        sample["score"] = i / 2
        sample["note"] = "été %d" % i
        sample["ok"] = i % 2 == 0
        sample["day"] = datetime.date(2024, 1, 1 + i)
        sample["time"] = datetime.datetime(2024, 1, 1 + i, 10, 30)
        sample["words"] = ["u", "v"]
        sample["free"] = {"a": 1, "b": [1, 2.5, None]}
        sample["vector"] = np.array([1.0, 2.0, 3.0], dtype=np.float32)
        samples.append(sample)
    dataset = fo.Dataset("images", persistent=True)
    dataset.add_samples(samples)
    dataset.add_dynamic_sample_fields()
    dataset.description = "made by FiftyOne"
    dataset.default_classes = ["cat", "dog"]
    dataset.classes = {"weather": ["rain", "sun"]}
    dataset.mask_targets = {"area": {1: "road", 2: "sky"}}
    dataset.skeletons = {"pose": fo.KeypointSkeleton(labels=["a", "b"], edges=[[0, 1]])}
    dataset.info = {"author": "somebody", "nested": {"n": 1}}
    dataset.save()
    cats = dataset.filter_labels("ground_truth", F("label") == "cat").sort_by("filepath", reverse=True)
    dataset.save_view("cats", cats, description="only cats", color="#FF0000")
    dataset.evaluate_detections("predictions", gt_field="ground_truth", eval_key="theirs", compute_mAP=True)
    annotate(dataset, "their_run")


def videos():
    dataset = fo.Dataset("videos", persistent=True)
    for v in range(2):
        sample = fo.Sample(filepath="/data/%d.mp4" % v)
        sample.metadata = fom.VideoMetadata(frame_width=64, frame_height=48, frame_rate=10.0, total_frame_count=5, duration=0.5)
        sample["events"] = fo.TemporalDetections(detections=[fo.TemporalDetection(label="jump", support=[1, 3])])
        for n in range(1, 6, 1 + v):
            frame = fo.Frame()
            frame["objects"] = fo.Detections(
                detections=[fo.Detection(label="car", bounding_box=[0.1 * n, 0.1, 0.2, 0.2], index=1, keyframe=n in (1, 5))]
            )
            frame["weather"] = fo.Classification(label="sun")
            frame["speed"] = n * 1.5
            sample.frames[n] = frame
        dataset.add_sample(sample)


CLASSES = ["fog", "rain", "sun"]


def classified(n, place):
    """A label that differs from sample to sample: some wrong, some missing, some without confidence."""
    truth, guess = CLASSES[n % 3], CLASSES[(n // 2) % 3]
    logits = np.array([0.01 + 0.5 * (n % 5), 1.0 + 0.25 * (n % 3), 0.003 + 0.1 * n])
    place["truth"] = None if n % 7 == 6 else fo.Classification(label=truth)
    place["guess"] = None if n % 5 == 4 else fo.Classification(label=guess, confidence=0.1 + 0.08 * (n % 10), logits=logits)
    for name in ("truth", "guess"):
        known = place[name]
        place["wet_" + name] = known and fo.Classification(label="rain" if known.label == "rain" else "dry", confidence=known.confidence)


METHODS = {"simple": {}, "topk": {"method": "top-k", "k": 2, "classes": CLASSES}, "binary": {"method": "binary", "classes": ["dry", "rain"]}}


def classifications():
    """Classifications of images and of the frames of videos, evaluated by each method."""
    dataset = fo.Dataset("weather", persistent=True)
    samples = [fo.Sample(filepath="/data/w%d.png" % n) for n in range(30)]
    for n, sample in enumerate(samples):
        classified(n, sample)
    dataset.add_samples(samples)
    videos = fo.Dataset("weather of frames", persistent=True)
    for v in range(3):
        sample = fo.Sample(filepath="/data/w%d.mp4" % v)
        for n in range(1, 8 * v + 1):
            frame = fo.Frame()
            classified(n + v, frame)
            sample.frames[n] = frame
        videos.add_sample(sample)
    for name, kwargs in METHODS.items():
        kind = "wet_" if name == "binary" else ""
        dataset.evaluate_classifications(kind + "guess", gt_field=kind + "truth", eval_key="theirs_" + name, **kwargs)
        kind = "frames." + kind
        videos.evaluate_classifications(kind + "guess", gt_field=kind + "truth", eval_key="theirs_" + name, **kwargs)


def same_classifications():
    """Postil found the same by each method, and what it stored can be loaded and deleted here."""
    for name, prefix in (("weather", ""), ("weather of frames", "frames.")):
        dataset = fo.load_dataset(name)
        for method in METHODS:
            ours, theirs = "ours_" + method, "theirs_" + method
            assert ours in dataset.list_evaluations(), dataset.list_evaluations()
            for field in {"", prefix}:
                assert dataset.values(field + ours) == dataset.values(field + theirs), (name, field, method, dataset.values(field + ours), dataset.values(field + theirs))
                assert dataset.get_field(field + ours).__class__ is dataset.get_field(field + theirs).__class__, field + ours
            assert dataset.get_evaluation_info(ours).config.method == dataset.get_evaluation_info(theirs).config.method
            mine, other = dataset.load_evaluation_results(ours), dataset.load_evaluation_results(theirs)
            assert mine.report() == other.report(), (name, method, mine.report(), other.report())
            assert (mine.confusion_matrix() == other.confusion_matrix()).all()
            assert type(mine) is type(other), (type(mine), type(other))
        dataset.delete_evaluation("ours_simple")
        assert not dataset.has_field("ours_simple")


def groups():
    dataset = fo.Dataset("groups", persistent=True)
    dataset.add_group_field("group", default="left")
    for g in range(3):
        group = fo.Group()
        for name in ("left", "right"):
            dataset.add_sample(fo.Sample(filepath="/data/%s%d.png" % (name, g), group=group.element(name), number=g))


def annotate(dataset, key):
    use_file_backend()
    dataset.annotate(
        key, backend="file", label_field="ground_truth", classes=["cat", "dog", "zebra"], attributes=False,
        file=os.path.join(os.environ["HOME"], key + ".json"),
    )


# --- steps ----------------------------------------------------------------------------------------


def make():
    images()
    videos()
    groups()


def contents(dataset):
    """Everything but the ids of dataset and samples, as plain values."""
    ids = {}

    def plain(value):
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k not in ("_dataset_id", "created_at", "last_modified_at", "_rand")}
        if isinstance(value, (list, tuple)):
            return [plain(v) for v in value]
        if isinstance(value, float) and value != value:
            return "NaN"
        return ids.get(value, value) if value.__hash__ else value

    samples = []
    view = dataset.select_group_slices(_allow_mixed=True) if dataset.media_type == "group" else dataset
    for n, sample in enumerate(view):
        ids[sample._id] = "sample %d" % n
        entry = {"sample": plain(sample.to_mongo_dict(include_id=True))}
        if dataset.media_type == "video":
            entry["frames"] = {k: plain(f.to_mongo_dict(include_id=False)) for k, f in sample.frames.items()}
        samples.append(entry)
    return samples


def schema(dataset):
    found = {k: str(v) for k, v in dataset.get_field_schema(flat=True).items()}
    if dataset.media_type == "video":
        found.update({"frames." + k: str(v) for k, v in dataset.get_frame_field_schema(flat=True).items()})
    return found


def same(a, b):
    """Two datasets hold the same."""
    one, two = fo.load_dataset(a), fo.load_dataset(b)
    assert schema(one) == schema(two), (schema(one), schema(two))
    for name in ("media_type", "classes", "default_classes", "mask_targets", "skeletons", "info", "tags", "group_field", "default_group_slice"):
        assert getattr(one, name) == getattr(two, name), (name, getattr(one, name), getattr(two, name))
    left, right = contents(one), contents(two)
    assert len(left) == len(right) > 0, (len(left), len(right))
    for x, y in zip(left, right):
        assert x == y, "\n%s\n%s" % (x, y)


def expect(key, view, eval_key, hits):
    """What Postil did to the dataset `images` is all there."""
    dataset = fo.load_dataset("images")
    assert key in dataset.list_annotation_runs(), dataset.list_annotation_runs()
    assert len(dataset.load_annotation_view(key)) == len(dataset)
    info = dataset.get_annotation_info(key)
    assert "ground_truth" in info.config.label_schema, info
    assert view in dataset.list_saved_views(), dataset.list_saved_views()
    found = dataset.load_saved_view(view)
    assert len(found) == int(hits), len(found)
    assert all(d.label == "cat" for s in found for d in s.ground_truth.detections)
    assert eval_key in dataset.list_evaluations(), dataset.list_evaluations()
    results = dataset.load_evaluation_results(eval_key)
    report = results.report()
    theirs = dataset.load_evaluation_results("theirs")
    assert report == theirs.report(), (report, theirs.report())
    for number in ("mAP", "mAR"):
        assert abs(getattr(results, number)() - getattr(theirs, number)()) < 1e-9, (number, getattr(results, number)(), getattr(theirs, number)())
    assert abs(results.mAP(classes=["cat"]) - theirs.mAP(classes=["cat"])) < 1e-9
    assert dataset.load_evaluation_view(eval_key) is not None
    counts = dataset.count_values("predictions.detections." + eval_key)
    assert counts == dataset.count_values("predictions.detections.theirs"), counts
    assert dataset.sum(eval_key + "_tp") == dataset.sum("theirs_tp")


def edited():
    """What the annotator did through Postil: cats became horses, and a label is new."""
    dataset = fo.load_dataset("images")
    counts = dataset.count_values("ground_truth.detections.label")
    assert counts == {"horse": 4, "dog": 8, "cow": 4}, counts
    first = dataset.first().ground_truth.detections
    assert [d.label for d in first] == ["horse", "dog", "dog", "cow"], first
    assert first[0].age == 3 and first[0].index == 1 and first[0].instance is not None
    assert first[1].mask.sum() == 6 and first[1].names == ["a", "b"]


def restored():
    """Postil took its load back."""
    dataset = fo.load_dataset("images")
    assert dataset.count_values("ground_truth.detections.label") == {"cat": 4, "dog": 8}


def work():
    """FiftyOne goes on with the dataset: edits, tags, a new field, its own run."""
    dataset = fo.load_dataset("images")
    sample = dataset.first()
    sample.ground_truth.detections[0].label = "tiger"
    sample.ground_truth.detections.append(fo.Detection(label="fish", bounding_box=[0.2, 0.2, 0.1, 0.1]))
    sample.save()
    dataset.limit(2).tag_samples("seen")
    dataset.limit(1).tag_labels("checked", label_fields=["predictions"])
    dataset.add_sample_field("reviewed", fo.BooleanField)
    dataset.set_values("reviewed", [True] * len(dataset))
    use_file_backend()
    dataset.load_annotations("their_run")
    assert dataset.count_values("ground_truth.detections.label")["zebra"] == 8
    annotate(dataset, "second_run")
    dataset.save_view("reviewed", dataset.match(F("reviewed") == True))


def other(name):
    """A dataset that Postil made, used with everything FiftyOne has."""
    dataset = fo.load_dataset(name)
    assert dataset.media_type == "image" and len(dataset) > 3
    assert dataset.count("ground_truth.detections") > 0
    view = dataset.filter_labels("predictions", F("confidence") > 0.5).sort_by(F("predictions.detections").length(), reverse=True)
    assert len(view) > 0 and view.first().predictions.detections
    assert len(dataset.to_patches("ground_truth")) == dataset.count("ground_truth.detections")
    results = dataset.evaluate_detections("predictions", gt_field="ground_truth", eval_key="theirs")
    assert results.report()
    dataset.save_view("confident", view)
    sample = dataset.first()
    sample.ground_truth.detections[0].label = "renamed"
    sample["remark"] = "by FiftyOne"
    sample.save()
    annotate(dataset, "their_run")
    use_file_backend()
    dataset.load_annotations("their_run")
    assert set(dataset.count_values("ground_truth.detections.label")) == {"zebra"}
    dataset.clone("clone of " + name, persistent=True)


def busy(name, rounds):
    """Edits labels by their ids, again and again, while another program writes as well."""
    dataset = fo.load_dataset(name)
    print("ready", flush=True)
    for n in range(int(rounds)):
        counts = [[n] * len(d) for d in dataset.values("ground_truth.detections.id")]
        dataset.set_values("ground_truth.detections.counter", counts)
        dataset.select_by("filepath", [dataset.values("filepath")[n % len(dataset)]]).tag_labels("tag%d" % n, label_fields="ground_truth")
        print("round", n, flush=True)


def versions(name, version):
    """Stamps a dataset with another version, as an older or newer FiftyOne would."""
    import fiftyone.core.odm as foo

    foo.get_db_conn().datasets.update_one({"name": name}, {"$set": {"version": version}})


def delete(name):
    fo.delete_dataset(name)


def datasets(*names):
    assert sorted(fo.list_datasets()) == sorted(names), fo.list_datasets()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
