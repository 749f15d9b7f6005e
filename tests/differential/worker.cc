// Plays sequences of calls on the libssl that the loader gave it.
//
//   differential_worker FOLDER    the certificates' folder; then commands on standard input:
//   run FIRST COUNT               for each seed a line "SEED HASH"
//   trace SEED [STEP]...          the steps that are kept (all, if none is named), and what they
//   came to
//
// Every answer ends with a line "end".
#include <openssl/rand.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

#include "generator.h"

namespace {

using namespace ciao::differential;

// A sequence takes milliseconds; one that takes this long never ends.
constexpr unsigned kSeconds = 20;

void play(const Identities& identities, const std::vector<Step>& sequence,
          const std::set<size_t>& kept, Trace& trace, bool headings) {
  alarm(kSeconds);
  World world(identities, trace);
  for (size_t i = 0; i < sequence.size(); ++i) {
    if (!kept.empty() && !kept.contains(i)) continue;
    if (headings) {
      std::printf("%s# %zu %s\n", trace.take().c_str(), i, sequence[i].operation->name);
      std::fflush(stdout);
    }
    if (!sequence[i].operation->may_be_played(world)) continue;
    Arguments draw(sequence[i].number);
    world.exact = false;
    sequence[i].operation->play(world, draw);
    if (world.over) break;
    world.settle();
  }
  alarm(0);
}

void run(const Identities& identities, uint64_t first, uint64_t count) {
  for (uint64_t seed = first; seed < first + count; ++seed) {
    Trace trace;
    play(identities, make_sequence(seed), {}, trace, false);
    std::printf("%" PRIu64 " %016" PRIx64 "\n", seed, trace.hash());
    std::fflush(stdout);
  }
}

void show(const Identities& identities, std::istream& rest) {
  uint64_t seed = 0;
  rest >> seed;
  std::set<size_t> kept;
  for (size_t step = 0; rest >> step;) kept.insert(step);
  Trace trace;
  play(identities, make_sequence(seed), kept, trace, true);
  std::printf("%s", trace.text().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const Identities identities(argv[1]);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "run") {
      uint64_t first = 0;
      uint64_t count = 0;
      words >> first >> count;
      run(identities, first, count);
    } else if (command == "trace") {
      show(identities, words);
    }
    std::printf("end\n");
    std::fflush(stdout);
  }
  return 0;
}
