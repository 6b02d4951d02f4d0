#include "images.h"

/* Normals of images of known boundaries, of cubes unless said otherwise; angles in degrees. */

typedef struct {
  PetscInt faces, not_seen;
  PetscReal most, square;    /* angle off */
  PetscReal area, true_area; /* |n_d| added up, of what is found and in truth */
} Score;

/* Owned faces of all ranks; normal: the true one, at a place in voxels. */
static PetscErrorCode
score_normals(const Imaged *imaged, Labeller label, const void *data,
              void (*normal)(const void *, const PetscReal x[3], PetscReal n[3]), Score *score)
{
  const Grid *grid = &imaged->grid;
  PetscReal sums[5] = {0};
  FacetAt found;

  PetscFunctionBeginUser;
  *score = (Score){0};
  for (PetscInt c = 0; c < grid->count[0] * grid->count[1] * grid->count[2]; c++) {
    const PetscInt at[3] = {grid->start[0] + c % grid->count[0],
                            grid->start[1] + c / grid->count[0] % grid->count[1],
                            grid->start[2] + c / grid->count[0] / grid->count[1]};

    for (int d = 0; d < 3; d++) {
      PetscReal x[3], n[3], dot = 0, angle;

      if (at[d] + 1 == grid->num_cells[d] && !grid->is_periodic[d]) continue;
      if (!ImagedLook(imaged, d, at, label, data, &found)) continue;
      for (int e = 0; e < 3; e++) x[e] = (PetscReal)at[e] + (e == d ? 1 : 0.5);
      (*normal)(data, x, n);
      for (int e = 0; e < 3; e++) dot += n[e] * found.normal[e];
      angle = acos(PetscMin(1, fabs(dot))) * 180 / PETSC_PI;
      score->most = PetscMax(score->most, angle);
      sums[0] += 1;
      sums[1] += found.facet == FACET_NOT_SEEN;
      sums[2] += angle * angle;
      sums[3] += fabs(found.normal[d]);
      sums[4] += fabs(n[d]);
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, 5, MPIU_REAL, MPIU_SUM, PETSC_COMM_WORLD));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &score->most, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD));
  *score = (Score){(PetscInt)sums[0],       (PetscInt)sums[1], score->most,
                   sqrt(sums[2] / sums[0]), sums[3],           sums[4]};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two grains on the two sides of a plane. */
typedef struct {
  PetscReal normal[3], at;
} Half;

static int32_t half_label(const void *data, const PetscReal x[3])
{
  const Half *half = data;

  return half->normal[0] * x[0] + half->normal[1] * x[1] + half->normal[2] * x[2] > half->at ? 2
                                                                                             : 1;
}

static void half_normal(const void *data, const PetscReal x[3], PetscReal n[3])
{
  const PetscReal *normal = ((const Half *)data)->normal;
  const PetscReal length = sqrt(PetscSqr(normal[0]) + PetscSqr(normal[1]) + PetscSqr(normal[2]));

  (void)x;
  for (int d = 0; d < 3; d++) n[d] = normal[d] / length;
}

/* Planes of any tilt, sides and plates included; planes normal to an axis exactly. Steps of ten
   voxels (the third) are wider than the window, which then sees none or one: by atan 0.1 off. */
static PetscErrorCode planes_have_their_normal(void)
{
  const PetscReal tilts[][3] = {{0, 0, 1},      {1, 0, 0},        {0.1, 0, 1},    {0.3, 0.2, 1},
                                {0.5, -0.4, 1}, {1, 0, 1},        {1, 1, 1},      {-0.7, 0.9, 1},
                                {1, 0.05, 0.3}, {0.62, 1, -0.25}, {1, 0.02, 0.01}};
  const PetscInt voxels[3] = {24, 20, 22};
  const FilmSpec film =
      VoxelsFilm(24e-6, 20e-6, 22e-6, voxels[0], voxels[1], voxels[2], LATERAL_INSULATING);
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t t = 0; t < sizeof tilts / sizeof *tilts; t++) {
    Half half = {{tilts[t][0], tilts[t][1], tilts[t][2]}, 0.137};
    Imaged imaged;
    Score score;

    for (int d = 0; d < 3; d++) half.at += 0.5 * half.normal[d] * (PetscReal)voxels[d];
    PetscCall(ImagedPut(directory, voxels, half_label, &half));
    PetscCall(ImagedOpen(PETSC_COMM_WORLD, directory, &film, &imaged));
    PetscCall(score_normals(&imaged, half_label, &half, half_normal, &score));
    CU_ASSERT(score.faces >= 400);
    CU_ASSERT_EQUAL(score.not_seen, 0);
    CU_ASSERT(score.most < (t < 2 ? 1e-6 : 15));
    CU_ASSERT(score.square < (t == 2 ? 6 : 3));
    ASSERT_CLOSE(score.area, score.true_area, 0.01);
    PetscCall(ImagedClose(&imaged));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A sphere, grain 2, in a periodic matrix. */
typedef struct {
  PetscReal centre[3], radius;
} Ball;

static int32_t ball_label(const void *data, const PetscReal x[3])
{
  const Ball *ball = data;
  PetscReal square = 0;

  for (int d = 0; d < 3; d++) square += PetscSqr(x[d] - ball->centre[d]);
  return square < PetscSqr(ball->radius) ? 2 : 1;
}

static void ball_normal(const void *data, const PetscReal x[3], PetscReal n[3])
{
  const Ball *ball = data;
  PetscReal square = 0;

  for (int d = 0; d < 3; d++) square += PetscSqr(x[d] - ball->centre[d]);
  for (int d = 0; d < 3; d++) n[d] = (x[d] - ball->centre[d]) / sqrt(square);
}

/* Down to five voxels across, where the narrow window is half of the sphere. */
static PetscErrorCode spheres_have_their_normals(void)
{
  const struct {
    PetscReal diameter, rms, area;
  } cases[] = {{5, 3, 0.01}, {10, 2, 0.003}, {20, 2, 0.003}};
  const PetscInt voxels[3] = {24, 24, 24};
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 24, 24, 24, LATERAL_PERIODIC);
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int c = 0; c < 3; c++) {
    const Ball ball = {{12.3, 11.8, 12.1}, 0.5 * cases[c].diameter};
    Imaged imaged;
    Score score;

    PetscCall(ImagedPut(directory, voxels, ball_label, &ball));
    PetscCall(ImagedOpen(PETSC_COMM_WORLD, directory, &film, &imaged));
    PetscCall(score_normals(&imaged, ball_label, &ball, ball_normal, &score));
    CU_ASSERT_EQUAL(score.not_seen, 0);
    CU_ASSERT(score.square < cases[c].rms);
    ASSERT_CLOSE(score.area, score.true_area, cases[c].area);
    PetscCall(ImagedClose(&imaged));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Voxels that are no cubes: n_d h_d is along the normal that their indices have. Voxels cut into
   cells: each cell's face has the normal of its voxel's. Of a ball, which no tessellation is like.
 */
static PetscErrorCode normals_are_those_of_voxels_of_any_shape(void)
{
  const Ball ball = {{9.1, 7.8, 8.4}, 6.2};
  const PetscInt voxels[3] = {18, 16, 17};
  const FilmSpec cubes = VoxelsFilm(18e-6, 16e-6, 17e-6, 18, 16, 17, LATERAL_INSULATING);
  const FilmSpec bars = VoxelsFilm(9e-6, 16e-6, 51e-6, 18, 16, 17, LATERAL_INSULATING);
  const FilmSpec parts = VoxelsFilm(18e-6, 16e-6, 17e-6, 36, 16, 51, LATERAL_INSULATING);
  char directory[64];
  Imaged cube, bar, part;
  PetscInt num = 0;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ImagedPut(directory, voxels, ball_label, &ball));
  PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &cubes, &cube));
  PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &bars, &bar));
  PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &parts, &part));
  for (PetscInt v = 0; v < voxels[0] * voxels[1] * (voxels[2] - 1); v++) {
    const PetscInt at[3] = {v % voxels[0], v / voxels[0] % voxels[1], v / voxels[0] / voxels[1]};
    const PetscInt fine[3] = {2 * at[0] + v % 2, at[1], 3 * at[2] + 2};
    const PetscReal h[3] = {0.5, 1, 3};
    PetscReal square = 0;
    FacetAt of_cube, of_bar, of_part;

    if (!ImagedLook(&cube, 2, at, ball_label, &ball, &of_cube)) continue;
    CU_ASSERT(ImagedLook(&bar, 2, at, ball_label, &ball, &of_bar));
    CU_ASSERT(ImagedLook(&part, 2, fine, ball_label, &ball, &of_part));
    CU_ASSERT_EQUAL(of_cube.facet, FACET_SEEN);
    num++;
    for (int d = 0; d < 3; d++) square += PetscSqr(of_cube.normal[d] / h[d]);
    for (int d = 0; d < 3; d++) {
      CU_ASSERT_DOUBLE_EQUAL(of_bar.normal[d], of_cube.normal[d] / h[d] / sqrt(square), 1e-12);
      CU_ASSERT_DOUBLE_EQUAL(of_part.normal[d], of_cube.normal[d], 1e-12);
    }
  }
  CU_ASSERT(num > 100);
  PetscCall(ImagedClose(&cube));
  PetscCall(ImagedClose(&bar));
  PetscCall(ImagedClose(&part));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains 1 to 3 and voids at random, one to a voxel. */
static int32_t noise(const void *data, const PetscReal x[3])
{
  const uint32_t place = (uint32_t)x[0] + 17 * (uint32_t)x[1] + 211 * (uint32_t)x[2];
  uint32_t mixed = (place + 1) * 2654435761u;

  (void)data;
  mixed ^= mixed >> 13;
  mixed *= 2246822519u;
  return (int32_t)(mixed >> 16) % 4;
}

/* One voxel of another grain, and a plate of one. */
static int32_t specks(const void *data, const PetscReal x[3])
{
  (void)data;
  if (x[2] > 9 && x[2] < 10) return 2;
  return x[0] > 5 && x[0] < 6 && x[1] > 5 && x[1] < 6 && x[2] > 3 && x[2] < 4 ? 3 : 1;
}

static PetscErrorCode grains_of_single_voxels_keep_the_normals_of_their_faces(void)
{
  const Labeller labels[2] = {noise, specks};
  const PetscInt voxels[3] = {13, 12, 14};
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 13, 12, 14, LATERAL_PERIODIC);
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int c = 0; c < 2; c++) {
    PetscInt faces = 0;
    Imaged imaged;

    PetscCall(ImagedPut(directory, voxels, labels[c], NULL));
    PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &film, &imaged));
    for (PetscInt v = 0; v < 13 * 12 * 13; v++) {
      const PetscInt at[3] = {v % 13, v / 13 % 12, v / 13 / 12};

      for (int d = 0; d < 3; d++) {
        PetscReal square = 0;
        FacetAt found;

        if (!ImagedLook(&imaged, d, at, labels[c], NULL, &found)) continue;
        faces++;
        for (int e = 0; e < 3; e++) square += PetscSqr(found.normal[e]);
        ASSERT_CLOSE(square, 1, 1e-12);
        if (c) CU_ASSERT_DOUBLE_EQUAL(found.normal[d], 1, 1e-12);
      }
    }
    if (c) CU_ASSERT_EQUAL(faces, 6 + 2 * 13 * 12);
    PetscCall(ImagedClose(&imaged));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Bit for bit, periodic sides included. */
static PetscErrorCode normals_do_not_depend_on_the_number_of_ranks(void)
{
  const Ball ball = {{2.3, 17.8, 9.1}, 7};
  const PetscInt voxels[3] = {20, 19, 21};
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 20, 19, 21, LATERAL_PERIODIC);
  PetscInt differing = 0, faces = 0;
  Imaged shared, alone;
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ImagedPut(directory, voxels, ball_label, &ball));
  PetscCall(ImagedOpen(PETSC_COMM_WORLD, directory, &film, &shared));
  PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &film, &alone));
  for (PetscInt v = 0; v < 20 * 19 * 20; v++) {
    const PetscInt at[3] = {v % 20, v / 20 % 19, v / 20 / 19};
    PetscBool is_local = PETSC_TRUE;

    for (int d = 0; d < 3; d++) {
      if (at[d] < shared.grid.start[d] || at[d] >= shared.grid.start[d] + shared.grid.count[d]) {
        is_local = PETSC_FALSE;
      }
    }
    for (int d = 0; is_local && d < 3; d++) {
      FacetAt here, there;

      if (!ImagedLook(&shared, d, at, ball_label, &ball, &here)) continue;
      CU_ASSERT(ImagedLook(&alone, d, at, ball_label, &ball, &there));
      faces++;
      for (int e = 0; e < 3; e++) differing += here.normal[e] != there.normal[e];
      differing += here.facet != there.facet;
    }
  }
  CU_ASSERT_EQUAL(differing, 0);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &faces, 1, MPIU_INT, MPI_SUM, PETSC_COMM_WORLD));
  CU_ASSERT(faces > 500);
  PetscCall(ImagedClose(&shared));
  PetscCall(ImagedClose(&alone));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"planes have their normal", planes_have_their_normal},
    {"spheres have their normals", spheres_have_their_normals},
    {"normals are those of voxels of any shape", normals_are_those_of_voxels_of_any_shape},
    {"grains of single voxels keep the normals of their faces",
     grains_of_single_voxels_keep_the_normals_of_their_faces},
    {"normals do not depend on the number of ranks", normals_do_not_depend_on_the_number_of_ranks},
};

HARNESS_MAIN("facets_image", tests)
