#include "labels.h"

#include "image_phases.h"
#include "label_set.h"
#include "orientations.h"
#include "phases_deal.h"
#include "resampling.h"
#include "segments.h"

static const PetscInt most_grains = 20000000; /* every rank holds all labels */
static const PetscInt most_runs = 400000000;  /* every rank holds 4 bytes of each */

const char *const ImageContents[] = {"grains", "phases", "orientations", NULL};

typedef struct {
  Image file;
  PetscReal length[3]; /* of the box [m] */
  PetscInt cells[3];   /* of the film */
  PetscInt num_labels;
  int64_t *labels;   /* ascending; grain g is labels[g - 1], if there are no segments */
  Segments segments; /* if grains are not the labels */
} LabelImage;

/* Grain of each of the file's elements [first, first + count). */
static PetscErrorCode read_grains(const void *source, PetscInt64 first, PetscInt count,
                                  int64_t *values)
{
  const LabelImage *image = source;
  int64_t label = 0, grain = 0; /* neighbours are mostly of one grain */

  PetscFunctionBeginUser;
  if (image->segments.grain) {
    PetscCall(SegmentsRead(&image->segments, &image->file, first, count, values));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall((*image->file.read)(&image->file, first, count, values));
  for (PetscInt v = 0; v < count; v++) {
    if (values[v] != label) {
      label = values[v];
      grain = label ? LabelSetPlace(image->num_labels, image->labels, label) + 1 : 0;
      PetscCheck(grain || !label, PETSC_COMM_SELF, PETSC_ERR_FILE_UNEXPECTED,
                 "the image was changed while it was read");
    }
    values[v] = grain;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The grains of the cells that hold the points. */
static PetscErrorCode label(const LabelImage *image, const PetscInt cells[3], const Lattice *points,
                            int32_t *labels)
{
  Resampling resampling = {.image = &image->file, .read = read_grains, .source = image};

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    resampling.length[d] = image->length[d];
    resampling.cells[d] = cells[d];
  }
  PetscCall(ResamplingLabel(&resampling, points, labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  const LabelImage *image = generator->data;

  PetscFunctionBeginUser;
  PetscCall(label(image, image->file.cells, points, labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode label_cells(const Generator *generator, const Lattice *centres,
                                  int32_t *labels)
{
  const LabelImage *image = generator->data;

  PetscFunctionBeginUser;
  PetscCall(label(image, image->cells, centres, labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  LabelImage *image = data;

  PetscFunctionBeginUser;
  PetscCall(ImageClose(&image->file));
  PetscCall(SegmentsDestroy(&image->segments));
  PetscCall(PetscFree(image->labels));
  PetscCall(PetscFree(image));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The phase of each label. */
static void set_label_phases(const StructureSpec *spec, const PhaseNames *phases,
                             const LabelImage *image, Problems *problems, PetscInt *phase)
{
  PetscInt without = 0, num_without = 0;

  for (PetscInt g = 1; g <= image->num_labels; g++) phase[g] = 0;
  for (PetscInt r = 0; r < spec->num_label_phases; r++) {
    const LabelPhaseSpec *range = &spec->label_phases[r];
    const PetscInt number =
        PhaseFind(phases, range->phase, NULL, "structure.label_phases", problems);
    PetscInt found = 0;

    for (PetscInt g = 1; g <= image->num_labels; g++) {
      const PetscReal label = (PetscReal)image->labels[g - 1];

      if (label < range->labels[0] || label > range->labels[1]) continue;
      phase[g] = number;
      found++;
    }
    if (!found) {
      ProblemsWarn(problems, NULL,
                   "structure.label_phases: the image has no label from %.15g to %.15g",
                   range->labels[0], range->labels[1]);
    }
  }
  for (PetscInt g = image->num_labels; g >= 1; g--) {
    if (phase[g]) continue;
    if (phases->num_phases == 1 || spec->num_phase_fractions) {
      phase[g] = 1;
    } else {
      without = g;
      num_without++;
    }
  }
  if (num_without) {
    ProblemsAdd(problems, NULL,
                "structure.label_phases: %" PetscInt_FMT " of the image's %" PetscInt_FMT
                " labels are of no phase, the first is %lld; with several phases each needs one",
                num_without, image->num_labels, (long long)image->labels[without - 1]);
  }
}

/* Orientations and symmetries, as the file has them; `in_file`: phases of grains there, or NULL. */
static PetscErrorCode set_crystals(const char *path, const LabelImage *image,
                                   const int32_t *in_file, Problems *problems, Crystals **crystals)
{
  const ImagePhases *phases = &image->file.phases;
  const ImageGrains *grains = &image->file.grains;

  PetscFunctionBeginUser;
  if (!grains->orientation) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(CrystalsCreate(image->num_labels, crystals));
  for (PetscInt g = 1; g <= image->num_labels; g++) {
    const int64_t label = image->labels[g - 1];
    const PetscInt phase = in_file ? in_file[g] : 1;

    if (label >= grains->num) {
      ProblemsAdd(problems, path,
                  "says nothing of grain %lld; its table of grains ends with %" PetscInt_FMT,
                  (long long)label, grains->num - 1);
      break;
    }
    (*crystals)->orientation[g] = grains->orientation[label];
    (*crystals)->laue[g] =
        phase <= phases->num && (in_file || phases->num == 1) ? phases->laue[phase] : LAUE_UNKNOWN;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscBool LabelsVoxels(const Generator *generator, PetscInt voxels[3])
{
  const LabelImage *image = generator->data;

  if (generator->label != label_points) return PETSC_FALSE;
  for (int d = 0; d < 3; d++) voxels[d] = image->file.cells[d];
  return PETSC_TRUE;
}

/* Phases of the labels, from the case, else from the file. */
static PetscErrorCode set_phases(MPI_Comm comm, const StructureSpec *spec, const PhaseNames *phases,
                                 const LabelImage *image, Problems *problems, PetscInt *phase,
                                 Crystals **crystals)
{
  const int before = problems->num_problems;
  int32_t *in_file;

  PetscFunctionBeginUser;
  PetscCall(ImagePhasesFind(comm, spec->file, &image->file, image->num_labels, image->labels,
                            problems, &in_file));
  if (problems->num_problems > before) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(set_crystals(spec->file, image, in_file, problems, crystals));
  if (!in_file || spec->num_label_phases || spec->num_phase_fractions) {
    if (in_file) {
      ProblemsWarn(problems, spec->file, "its phases are left aside; structure.%s gives others",
                   spec->num_label_phases ? "label_phases" : "phase_fractions");
    }
    set_label_phases(spec, phases, image, problems, phase);
  } else {
    PetscCall(ImagePhasesMatch(spec->file, &image->file.phases, phases, image->num_labels, in_file,
                               problems));
    for (PetscInt g = 1; g <= image->num_labels; g++) phase[g] = in_file[g];
  }
  PetscCall(PetscFree(in_file));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same for segments. */
static PetscErrorCode set_segment_phases(MPI_Comm comm, const StructureSpec *spec,
                                         const PhaseNames *phases, const LabelImage *image,
                                         Problems *problems, Generator *generator)
{
  const int32_t *label = image->segments.label;
  Crystals *crystals;
  PetscInt *phase;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(image->num_labels + 1, &phase));
  PetscCall(set_phases(comm, spec, phases, image, problems, phase, &generator->crystals));
  crystals = generator->crystals;
  for (PetscInt g = 1; g <= image->segments.num_grains; g++) generator->phase[g] = phase[label[g]];
  /* in place: only images of grains have crystals, and there grains are at most dropped */
  for (PetscInt g = 1; crystals && g <= image->segments.num_grains; g++) {
    crystals->orientation[g] = crystals->orientation[label[g]];
    crystals->laue[g] = crystals->laue[label[g]];
  }
  PetscCall(PetscFree(phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The labels, and the grains where they are something else. */
static PetscErrorCode find_grains(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                                  Problems *problems, LabelImage *image)
{
  const SegmentRules rules = {spec->contents,
                              spec->smallest_grain,
                              {box->is_periodic, box->is_periodic, PETSC_FALSE},
                              most_runs,
                              most_grains};

  PetscFunctionBeginUser;
  if (image->file.grain_angle > 0) {
    const int before = problems->num_problems;

    PetscCall(OrientationsSegment(comm, spec->file, &rules, problems, &image->file));
    if (problems->num_problems > before) PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(LabelSetFind(comm, spec->file, &image->file, most_grains, problems, &image->num_labels,
                         &image->labels));
  if (image->num_labels && (spec->contents == IMAGE_OF_PHASES || spec->smallest_grain > 1)) {
    PetscCall(SegmentsFind(comm, spec->file, &image->file, &rules, image->num_labels, image->labels,
                           problems, &image->segments));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void say_specks(const char *path, const SpeckReport *specks, Problems *problems)
{
  const double percent = 100.0 / (double)specks->of_voxels;

  if (!specks->num) return;
  ProblemsWarn(problems, path,
               "%" PetscInt_FMT " grains of fewer than %" PetscInt_FMT
               " voxels (%.3g %% of the image) are dropped: %" PetscInt_FMT
               " go to neighbours, %" PetscInt_FMT " (%.3g %%) become void",
               specks->num, specks->smallest, percent * (double)specks->voxels,
               specks->num - specks->num_void, specks->num_void,
               percent * (double)specks->voxels_void);
}

PetscErrorCode LabelsCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator)
{
  const int before = problems->num_problems;
  LabelImage *image;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&image));
  for (int d = 0; d < 3; d++) {
    image->length[d] = box->length[d];
    image->cells[d] = box->cells[d];
  }
  PetscCall(ImageOpen(
      &(ImageSpec){.file = spec->file,
                   .grain_angle = spec->grain_angle,
                   .array = spec->array,
                   .raw = spec->has_raw ? &spec->raw : NULL,
                   .by_orientation = (PetscBool)(spec->contents == IMAGE_OF_ORIENTATIONS)},
      problems, &image->file, &is_open));
  if (is_open) {
    PetscCall(ImageTakePart(&spec->part, &image->file));
    PetscCall(find_grains(comm, spec, box, problems, image));
  }
  if (problems->num_problems > before) {
    PetscCall(destroy(image));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (image->segments.grain) {
    PetscCall(GeneratorWrap(image->segments.num_grains, label_points, destroy, image, generator));
    (*generator)->specks = image->segments.specks;
    say_specks(spec->file, &image->segments.specks, problems);
    PetscCall(set_segment_phases(comm, spec, phases, image, problems, *generator));
  } else {
    PetscCall(GeneratorWrap(image->num_labels, label_points, destroy, image, generator));
    PetscCall(set_phases(comm, spec, phases, image, problems, (*generator)->phase,
                         &(*generator)->crystals));
  }
  (*generator)->label_cells = label_cells;
  for (int d = 0; d < 3; d++) (*generator)->voxels[d] = image->file.cells[d];
  PetscFunctionReturn(PETSC_SUCCESS);
}
