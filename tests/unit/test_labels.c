#include "label_set.h"
#include "segments.h"
#include "structures.h"

/* An image of 5 x 4 x 3 voxels; voxel number n has label(n). */
enum { NX = 5, NY = 4, NZ = 3, VOXELS = NX * NY * NZ };
static const PetscInt voxels[3] = {NX, NY, NZ};
static const PetscReal length_um[3] = {5, 4, 3};

/* 0, 7000, 14000, ... 42000, again and again: sparse, and every rank sees some. */
static int32_t label_of(PetscInt n)
{
  return (int32_t)(7000 * (n % 7));
}

/* Writes the image as signed integers of 4 bytes; first: label of the first voxel, if not 0. */
static PetscErrorCode write_image(const char *directory, const char *order, int32_t first,
                                  char path[96])
{
  char text[119];
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  snprintf(path, 96, "%s/image.npy", directory);
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD)); /* nobody reads the one before any more */
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (!rank) {
    FILE *file = fopen(path, "wb");

    PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot write %s", path);
    snprintf(text, sizeof text, "{'descr': '<i4', 'fortran_order': %s, 'shape': (%d, %d, %d), }",
             order, NZ, NY, NX);
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
    fprintf(file, "%-117s\n", text);
    for (PetscInt n = 0; n < VOXELS; n++) {
      const int32_t label = n || !first ? label_of(n) : first;
      const unsigned char bytes[4] = {
          (unsigned char)((uint32_t)label & 255), (unsigned char)((uint32_t)label >> 8 & 255),
          (unsigned char)((uint32_t)label >> 16 & 255), (unsigned char)((uint32_t)label >> 24)};

      fwrite(bytes, 1, 4, file);
    }
    fclose(file);
  }
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode all_ranks_find_all_labels_in_ascending_order(void)
{
  char directory[64], path[96];
  Problems problems = {0};
  PetscInt num;
  int64_t *labels;
  Image image;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(write_image(directory, "False", 0, path));
  PetscCall(ImageOpen(&(ImageSpec){.file = path}, &problems, &image, &is_open));
  CU_ASSERT_FATAL(is_open);
  PetscCall(LabelSetFind(PETSC_COMM_WORLD, path, &image, 6, &problems, &num, &labels));
  CU_ASSERT_EQUAL_FATAL(num, 6);
  for (PetscInt l = 0; l < num; l++) CU_ASSERT_EQUAL(labels[l], 7000 * (l + 1));
  PetscCall(PetscFree(labels));
  PetscCall(LabelSetFind(PETSC_COMM_WORLD, path, &image, 5, &problems, &num, &labels));
  CU_ASSERT_EQUAL(num, 0);
  CU_ASSERT(HasProblem(&problems, path, "more than 5 different labels", NULL));
  PetscCall(ImageClose(&image));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every voxel cut into 2 x 3 x 1 cells, in both orders of the file. */
static PetscErrorCode cells_have_the_grain_of_their_voxel(void)
{
  const PetscInt cells[3] = {2 * NX, 3 * NY, NZ};
  char directory[64], path[96], name[] = "labels";
  int32_t *grains;
  TestBox test;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  TestBoxSet(&test, length_um, PETSC_FALSE, cells);
  PetscCall(PetscMalloc1(6 * VOXELS, &grains));
  for (int is_fortran = 0; is_fortran < 2; is_fortran++) {
    StructureSpec spec = TestSpec(name);
    Generator *generator;
    PetscInt wrong = 0;

    PetscCall(write_image(directory, is_fortran ? "True" : "False", 0, path));
    spec.file = path;
    spec.label_phases =
        (LabelPhaseSpec[]){{{1, 7000}, (char *)"glass"}, {{7001, 1e9}, (char *)"grain"}};
    spec.num_label_phases = 2;
    PetscCall(TestCreate(&spec, &test.box, &generator));
    CU_ASSERT_EQUAL(generator->num_grains, 6);
    for (PetscInt g = 1; g <= 6; g++) CU_ASSERT_EQUAL(generator->phase[g], g == 1 ? 2 : 1);
    PetscCall((*generator->label)(generator, &test.points, grains));
    for (PetscInt c = 0; c < 6 * VOXELS; c++) {
      const PetscInt i = c % (2 * NX) / 2, j = c / (2 * NX) % (3 * NY) / 3, k = c / (6 * NX * NY);

      wrong += grains[c] != (is_fortran ? (i * NY + j) * NZ + k : (k * NY + j) * NX + i) % 7;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    PetscCall(GeneratorDestroy(&generator));
  }
  PetscCall(PetscFree(grains));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode labels_without_phase_and_negative_ones_are_refused(void)
{
  char directory[64], path[96], name[] = "labels";
  StructureSpec spec = TestSpec(name);
  TestBox test;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  TestBoxSet(&test, length_um, PETSC_FALSE, voxels);
  PetscCall(write_image(directory, "False", 0, path));
  spec.file = path;
  spec.label_phases = (LabelPhaseSpec[]){{{1, 20000}, (char *)"glass"}};
  spec.num_label_phases = 1;
  PetscCall(TestRefused(&spec, &test.box, &test_phases,
                        "4 of the image's 6 labels are of no phase, the first is 21000"));
  PetscCall(write_image(directory, "False", -9, path));
  PetscCall(TestRefused(&spec, &test.box, &test_phases, "holds the label -9"));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* No two neighbours along x are of one label: a run, and a grain, is a voxel. */
static PetscErrorCode too_many_pieces_of_phases_are_refused(void)
{
  const PetscInt most[3][2] = {{VOXELS, VOXELS}, {VOXELS - 1, VOXELS}, {VOXELS, 30}};
  const char *const says[3] = {NULL, "more than 59 runs of like voxels", "has 51 grains"};
  char directory[64], path[96];
  Problems problems = {0};
  PetscInt num;
  int64_t *labels;
  Image image;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(write_image(directory, "False", 0, path));
  PetscCall(ImageOpen(&(ImageSpec){.file = path}, &problems, &image, &is_open));
  CU_ASSERT_FATAL(is_open);
  PetscCall(LabelSetFind(PETSC_COMM_WORLD, path, &image, 6, &problems, &num, &labels));
  for (int c = 0; c < 3; c++) {
    const SegmentRules rules = {IMAGE_OF_PHASES, 1, {PETSC_FALSE}, most[c][0], most[c][1]};
    Segments segments;

    PetscCall(
        SegmentsFind(PETSC_COMM_WORLD, path, &image, &rules, num, labels, &problems, &segments));
    if (c) CU_ASSERT(HasProblem(&problems, path, says[c], NULL));
    CU_ASSERT_EQUAL(problems.num_problems, c);
    PetscCall(SegmentsDestroy(&segments));
  }
  PetscCall(PetscFree(labels));
  PetscCall(ImageClose(&image));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"too many pieces of phases are refused", too_many_pieces_of_phases_are_refused},
    {"all ranks find all labels, in ascending order", all_ranks_find_all_labels_in_ascending_order},
    {"cells have the grain of their voxel", cells_have_the_grain_of_their_voxel},
    {"labels without a phase and negative ones are refused",
     labels_without_phase_and_negative_ones_are_refused},
};

HARNESS_MAIN("labels", tests)
