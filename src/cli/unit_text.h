// The language of unit files: systemd.syntax(7), systemd.service(5).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ciao::cli {

struct Setting {
  std::string key;
  std::string value;
  int line = 0;
};

// The lines of a file; nothing when it cannot be read, or has line ends that are none elsewhere.
std::optional<std::vector<std::string>> lines_of(const std::filesystem::path& file);

// The assignments in the section [Service]; nothing when the file cannot be read.
std::optional<std::vector<Setting>> service_settings(const std::filesystem::path& file);

struct Word {
  std::string text;
  bool bare = true;  // no part of it was quoted or escaped
};

// The words of a value, without their quotation marks; nothing when one of these is not closed.
std::optional<std::vector<Word>> words_of(std::string_view value);

struct Command {
  std::string program;
  bool as_root = false;  // the prefixes + and !: User= does not count
  std::vector<std::string> arguments;
};

// The commands of one ExecStart=.
std::optional<std::vector<Command>> commands_of(std::string_view value);

}  // namespace ciao::cli
