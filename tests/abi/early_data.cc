// Early data through the C interface, by topic.
#include <cstdio>

#include "early_data_world.h"

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  abi::early_data_calls();
  abi::early_data_refusals();
  abi::early_data_limits();
  abi::newest_session().reset();
  return 0;
}
