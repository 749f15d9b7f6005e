// What can be measured: each scene answers one number for each of its rows.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ciao::bench {

// By row. Times are nanoseconds.
using Figures = std::map<std::string, double>;

// Set up once, then run as often as the driver asks: `samples` times each.
class Scene {
 public:
  Scene() = default;
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  virtual ~Scene() = default;
  virtual Figures run(int samples) = 0;
};

struct SceneEntry {
  std::string name;
  int samples;  // in one round
  std::function<std::unique_ptr<Scene>()> make;
};

// Of this program: scenes_time.cc or scenes_memory.cc.
std::vector<SceneEntry> scenes();

}  // namespace ciao::bench
