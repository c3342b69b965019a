"""Plays what a user of the official cvat-sdk does against a server, and checks what comes back.

Usage: sdk_flow.py URL USER PASSWORD DIRECTORY
DIRECTORY holds a.png, b.png, c.png (40 x 30) and v.mp4 (20 frames).
"""

import sys
from pathlib import Path

from cvat_sdk import make_client, models
from cvat_sdk.core import uploading
from cvat_sdk.core.proxies.tasks import ResourceType

PASSED = []


def check(what, condition):
    if not condition:
        raise AssertionError(what)
    PASSED.append(what)


def label(name, **extra):
    return models.PatchedLabelRequest(name=name, **extra)


def labels():
    attributes = [
        models.AttributeRequest(
            name="make", mutable=False, input_type="select", default_value="vw", values=["kia", "vw"]
        ),
        models.AttributeRequest(
            name="speed", mutable=True, input_type="number", default_value="0", values=["0", "9", "1"]
        ),
    ]
    return [label("car", attributes=attributes), label("sky", type="tag")]


def images(client, directory):
    files = [directory / name for name in ("c.png", "a.png", "b.png")]
    task = client.tasks.create_from_data(
        spec=models.TaskWriteRequest(name="images", labels=labels(), segment_size=2),
        resources=files,
        resource_type=ResourceType.LOCAL,
        data_params={"image_quality": 80, "sorting_method": "predefined"},
        status_check_period=0,
    )
    check("three frames", task.size == 3)
    check("our order", [f.name for f in task.get_frames_info()] == ["c.png", "a.png", "b.png"])
    check("sizes", task.get_frames_info()[0].width == 40)
    jobs = task.get_jobs()
    check("two jobs", sorted((j.start_frame, j.stop_frame) for j in jobs) == [(0, 1), (2, 2)])
    check("the picture", task.get_frame(0, quality="original").read() == files[0].read_bytes())

    car, sky = sorted(task.get_labels(), key=lambda l: l.id)
    speed = next(a for a in car.attributes if a.name == "speed")
    box = models.LabeledShapeRequest(
        type="rectangle",
        frame=2,
        label_id=car.id,
        points=[1.25, 2.5, 10.125, 20],
        rotation=12.5,
        attributes=[models.AttributeValRequest(spec_id=speed.id, value="7")],
    )
    mask = models.LabeledShapeRequest(
        type="mask", frame=0, label_id=car.id, points=[1, 3, 2, 5, 5, 7, 6]
    )
    tag = models.LabeledImageRequest(frame=1, label_id=sky.id)
    task.set_annotations(models.LabeledDataRequest(tags=[tag], shapes=[box, mask], tracks=[]))
    back = task.get_annotations()
    check("one tag, two shapes", (len(back.tags), len(back.shapes)) == (1, 2))
    check("by frame", [s.frame for s in back.shapes] == [0, 2])
    kept = back.shapes[1]
    check("exact numbers", kept.points == [1.25, 2.5, 10.125, 20.0] and kept.rotation == 12.5)
    values = {a.spec_id: a.value for a in kept.attributes}
    check("defaults come along", len(values) == 2 and values[speed.id] == "7")

    task.update_annotations(
        models.PatchedLabeledDataRequest(
            shapes=[
                models.LabeledShapeRequest(
                    id=kept.id, type="rectangle", frame=2, label_id=car.id, points=[0, 0, 5, 5]
                )
            ]
        ),
        action=models_action("UPDATE"),
    )
    changed = [s for s in task.get_annotations().shapes if s.id == kept.id]
    check("an update keeps the id", len(changed) == 1 and changed[0].points == [0, 0, 5, 5])
    task.update_annotations(
        models.PatchedLabeledDataRequest(shapes=[request_of(changed[0])]),
        action=models_action("DELETE"),
    )
    check("deleted", kept.id not in [s.id for s in task.get_annotations().shapes])

    job = min(jobs, key=lambda j: j.start_frame)
    check("a job has its part", len(job.get_annotations().shapes) == 1)
    job.update(models.PatchedJobWriteRequest(stage="validation", state="rejected"))
    job.fetch()
    check("stage and state", (job.stage, str(job.state)) == ("validation", "rejected"))
    client.issues.create(
        models.IssueWriteRequest(frame=0, position=[1.0, 1.0], job=job.id, message="too loose")
    )
    issue = job.get_issues()[0]
    check("an issue", issue.get_comments()[0].message == "too loose")
    task.remove_frames_by_ids([1])
    check("deleted frame", task.get_meta().deleted_frames == [1])
    task.remove()
    check("gone", task.id not in [t.id for t in client.tasks.list()])


def models_action(name):
    from cvat_sdk.core.proxies.annotations import AnnotationUpdateAction

    return AnnotationUpdateAction[name]


def request_of(shape):
    return models.LabeledShapeRequest(
        id=shape.id, type=str(shape.type), frame=shape.frame, label_id=shape.label_id,
        points=shape.points,
    )


def chunks(client, directory):
    """A limit of nothing sends every file by TUS."""
    keep = uploading.MAX_REQUEST_SIZE
    original = uploading.DataUploader.__init__
    uploading.DataUploader.__init__ = lambda self, c, **kw: original(self, c, max_request_size=1)
    try:
        task = client.tasks.create_from_data(
            spec=models.TaskWriteRequest(name="chunks", labels=labels()),
            resources=[directory / "a.png", directory / "b.png"],
            data_params={"sorting_method": "predefined"},
            status_check_period=0,
        )
    finally:
        uploading.DataUploader.__init__ = original
        assert keep == uploading.MAX_REQUEST_SIZE
    check("two frames by TUS", task.size == 2)
    task.remove()


def video(client, directory):
    project = client.projects.create(models.ProjectWriteRequest(name="films", labels=labels()))
    task = client.tasks.create_from_data(
        spec=models.TaskWriteRequest(name="video", project_id=project.id),
        resources=[directory / "v.mp4"],
        data_params={"start_frame": 2, "frame_step": 3},
        status_check_period=0,
    )
    check("frames 2, 5, ... 17", task.size == 6)
    car = min(task.get_labels(), key=lambda l: l.id)
    observations = [
        models.TrackedShapeRequest(type="rectangle", frame=f, points=[f, f, f + 9, f + 9], outside=o)
        for f, o in ((0, False), (3, True))
    ]
    track = models.LabeledTrackRequest(frame=0, label_id=car.id, shapes=observations)
    task.set_annotations(models.LabeledDataRequest(tags=[], shapes=[], tracks=[track]))
    back = task.get_annotations().tracks
    check("a track", [(s.frame, s.outside) for s in back[0].shapes] == [(0, False), (3, True)])
    check("a job of the project", len(task.get_jobs()) == 1)
    project.remove()
    check("the task went with it", client.tasks.list() == [])


def failures(client, directory):
    bad = directory / "bad.jpg"
    bad.write_text("nope")
    try:
        client.tasks.create_from_data(
            spec=models.TaskWriteRequest(name="bad", labels=labels()),
            resources=[bad],
            status_check_period=0,
        )
        check("a broken picture fails", False)
    except Exception as error:  # the SDK's versions raise different types
        check("it says which", "bad.jpg" in str(error))
    for task in client.tasks.list():
        task.remove()


def main():
    url, user, password, directory = sys.argv[1:]
    with make_client(url, credentials=(user, password)) as client:
        check("signed in", client.users.retrieve_current_user().username == user)
        for flow in (images, chunks, video, failures):
            flow(client, Path(directory))
    print(len(PASSED), "checks passed")


main()
