// Runs scenes on the libssl that the loader found, one after the other as the driver asks for them.
//
// First writes {"library": file, "scenes": [names]}. Then, for each line that names a scene, runs
// it once and writes {row: figure, ...}. Ends with its input.
#include <dlfcn.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "fail.h"
#include "scene.h"

namespace ciao::bench {
namespace {

std::string loaded_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&SSL_new), &info) == 0 || info.dli_fname == nullptr)
    fail("cannot tell which libssl is loaded");
  return info.dli_fname;
}

void serve() {
  const std::vector<SceneEntry> all = scenes();
  nlohmann::json hello = {{"library", loaded_library()}, {"scenes", nlohmann::json::array()}};
  for (const SceneEntry& entry : all) hello["scenes"].push_back(entry.name);
  std::cout << hello.dump() << std::endl;

  std::map<std::string, std::unique_ptr<Scene>> made;
  for (std::string name; std::getline(std::cin, name);) {
    const auto entry = std::find_if(all.begin(), all.end(),
                                    [&](const SceneEntry& each) { return each.name == name; });
    if (entry == all.end()) fail(("no scene '" + name + "'").c_str());
    std::unique_ptr<Scene>& scene = made[name];
    if (!scene) scene = entry->make();
    std::cout << nlohmann::json(scene->run(entry->samples)).dump() << std::endl;
  }
}

}  // namespace
}  // namespace ciao::bench

int main() {
  ciao::bench::serve();
  return 0;
}
