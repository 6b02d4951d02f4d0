#include "random.h"

#include <math.h>

#define PI 3.14159265358979323846

void RandomBlock(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4])
{
  uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  uint32_t k[2] = {key[0], key[1]};

  for (int round = 0; round < 10; round++) {
    const uint64_t a = (uint64_t)0xD2511F53u * c[0];
    const uint64_t b = (uint64_t)0xCD9E8D57u * c[2];
    const uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b,
                              (uint32_t)(a >> 32) ^ c[3] ^ k[1], (uint32_t)a};

    for (int w = 0; w < 4; w++) c[w] = next[w];
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  for (int w = 0; w < 4; w++) words[w] = c[w];
}

static double open_unit_interval(uint32_t high, uint32_t low)
{
  const uint64_t bits =
      ((uint64_t)high << 32 | low) >> 12; /* 52 bits, so that the half below fits */

  return ((double)bits + 0.5) / 4503599627370496.0;
}

static void draw_pair(uint64_t seed, RandomStream stream, uint32_t index, uint32_t subindex,
                      double pair[2])
{
  const uint32_t counter[4] = {index, subindex, (uint32_t)stream, 0};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  uint32_t words[4];

  RandomBlock(counter, key, words);
  pair[0] = open_unit_interval(words[0], words[1]);
  pair[1] = open_unit_interval(words[2], words[3]);
}

double RandomUniform(uint64_t seed, RandomStream stream, uint32_t index, uint32_t subindex)
{
  double pair[2];

  draw_pair(seed, stream, index, subindex, pair);
  return pair[0];
}

double RandomNormal(uint64_t seed, RandomStream stream, uint32_t index, uint32_t subindex)
{
  double pair[2];

  draw_pair(seed, stream, index, subindex, pair);
  return sqrt(-2.0 * log(pair[0])) * cos(2.0 * PI * pair[1]);
}
