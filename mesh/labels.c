#include "labels.h"

#include <math.h>
#include "image_phases.h"
#include "label_set.h"
#include "phases_deal.h"

static const PetscInt most_grains = 20000000; /* every rank holds all labels */

typedef struct {
  Image file;
  PetscReal length[3]; /* of the box [m] */
  PetscInt num_labels;
  int64_t *labels; /* ascending; grain g is labels[g - 1] */
} LabelImage;

/* Grain of each of the file's elements [first, first + count). */
static PetscErrorCode read_grains(const LabelImage *image, PetscInt64 first, PetscInt count,
                                  int64_t *values)
{
  int64_t label = 0, grain = 0; /* neighbours are mostly of one grain */

  PetscFunctionBeginUser;
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

/* Voxels that hold the points along an axis. */
static void find_voxels(const LabelImage *image, const Lattice *points, int axis, PetscInt *voxels)
{
  const PetscInt num = image->file.cells[axis];

  for (PetscInt i = 0; i < points->n[axis]; i++) {
    const PetscReal at = floor(points->x[axis][i] / image->length[axis] * (PetscReal)num);

    voxels[i] = (PetscInt)PetscMax(0, PetscMin(at, (PetscReal)(num - 1)));
  }
}

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  const LabelImage *image = generator->data;
  const PetscInt64 *step = image->file.step;
  const PetscInt place[3] = {1, points->n[0], points->n[0] * points->n[1]};
  const int row = step[0] == 1 ? 0 : 2, other = 2 - row; /* y is in the middle in either order */
  PetscInt *voxels[3], low, high;
  int64_t *grains;

  PetscFunctionBeginUser;
  if (!points->n[0] || !points->n[1] || !points->n[2]) PetscFunctionReturn(PETSC_SUCCESS);
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(points->n[d], &voxels[d]));
    find_voxels(image, points, d, voxels[d]);
  }
  low = high = voxels[row][0];
  for (PetscInt i = 0; i < points->n[row]; i++) {
    low = PetscMin(low, voxels[row][i]);
    high = PetscMax(high, voxels[row][i]);
  }
  PetscCall(PetscMalloc1(high - low + 1, &grains));
  for (PetscInt k = 0; k < points->n[other]; k++) {
    for (PetscInt j = 0; j < points->n[1]; j++) {
      int32_t *to = labels + k * place[other] + j * place[1];

      PetscCall(read_grains(
          image, voxels[other][k] * step[other] + voxels[1][j] * step[1] + low * step[row],
          high - low + 1, grains));
      for (PetscInt i = 0; i < points->n[row]; i++) {
        to[i * place[row]] = (int32_t)grains[voxels[row][i] - low];
      }
    }
  }
  PetscCall(PetscFree(grains));
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(voxels[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  LabelImage *image = data;

  PetscFunctionBeginUser;
  PetscCall(ImageClose(&image->file));
  PetscCall(PetscFree(image->labels));
  PetscCall(PetscFree(image));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Gives grains the phases of their labels. */
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

/* Phases from the case, else from the file. */
static PetscErrorCode set_phases(MPI_Comm comm, const StructureSpec *spec, const PhaseNames *phases,
                                 const LabelImage *image, Problems *problems, Generator *generator)
{
  PetscInt *phase = generator->phase;
  const int before = problems->num_problems;
  int32_t *in_file;

  PetscFunctionBeginUser;
  PetscCall(ImagePhasesFind(comm, spec->file, &image->file, image->num_labels, image->labels,
                            problems, &in_file));
  if (problems->num_problems > before) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(set_crystals(spec->file, image, in_file, problems, &generator->crystals));
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

PetscErrorCode LabelsCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator)
{
  LabelImage *image;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&image));
  for (int d = 0; d < 3; d++) image->length[d] = box->length[d];
  PetscCall(ImageOpen(
      &(ImageSpec){.file = spec->file, .grain_angle = spec->grain_angle, .array = spec->array},
      problems, &image->file, &is_open));
  if (is_open) {
    PetscCall(LabelSetFind(comm, spec->file, &image->file, most_grains, problems,
                           &image->num_labels, &image->labels));
  }
  if (!image->num_labels) {
    PetscCall(destroy(image));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(GeneratorWrap(image->num_labels, label_points, destroy, image, generator));
  PetscCall(set_phases(comm, spec, phases, image, problems, *generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}
