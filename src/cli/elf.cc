#include "cli/elf.h"

#include <elf.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace ciao::cli {
namespace {

template <class T>
bool read_at(std::ifstream& file, std::uint64_t offset, T& value) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(offset));
  return static_cast<bool>(file.read(reinterpret_cast<char*>(&value), sizeof value));
}

// PT_INTERP names the loader; a program without it starts by itself.
void inspect_elf(std::ifstream& file, Program& program) {
  Elf64_Ehdr header{};
  program.kind = ProgramKind::static_elf;
  if (!read_at(file, 0, header) || header.e_ident[EI_CLASS] != ELFCLASS64) return;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const std::uint64_t offset = header.e_phoff + std::uint64_t{i} * header.e_phentsize;
    if (!read_at(file, offset, segment)) return;
    if (segment.p_type != PT_INTERP || segment.p_filesz < 2 || segment.p_filesz > 4096) continue;
    std::string loader(segment.p_filesz - 1, '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(segment.p_offset));
    if (!file.read(loader.data(), static_cast<std::streamsize>(loader.size()))) return;
    program.loader = loader;
    program.kind = ProgramKind::dynamic;
    return;
  }
}

// "#!/usr/bin/env name" runs the `name` of PATH.
void inspect_script(const std::string& first_line, Program& program) {
  std::istringstream words(first_line.substr(2));
  std::string interpreter;
  std::string argument;
  words >> interpreter >> argument;
  program.kind = ProgramKind::script;
  program.interpreter = interpreter.ends_with("/env") && !argument.empty() ? argument : interpreter;
}

bool executable(const std::string& path, int& error) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    error = errno;
    return false;
  }
  if (!S_ISREG(status.st_mode)) {
    error = EACCES;
    return false;
  }
  if (access(path.c_str(), X_OK) == 0) return true;
  error = errno;
  return false;
}

}  // namespace

std::string find_program(const std::string& name, int& error) {
  error = ENOENT;
  if (name.find('/') != std::string::npos) return executable(name, error) ? name : std::string();
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "/usr/bin:/bin");
  int found_error = ENOENT;
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (executable(candidate, error)) return candidate;
    if (error != ENOENT && error != ENOTDIR) found_error = error;
  }
  error = found_error;
  return {};
}

Program inspect(const std::string& path) {
  Program program;
  struct stat status{};
  std::ifstream file(path, std::ios::binary);
  if (!file || stat(path.c_str(), &status) != 0) {
    program.kind = ProgramKind::unreadable;
    return program;
  }
  if ((status.st_mode & S_ISUID) != 0) program.set_user_id = status.st_uid;
  // Without the right to run it S_ISGID means something else (inode(7)).
  if ((status.st_mode & S_ISGID) != 0 && (status.st_mode & S_IXGRP) != 0) {
    program.set_group_id = status.st_gid;
  }
  program.has_capabilities = getxattr(path.c_str(), "security.capability", nullptr, 0) > 0;
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  if (file.gcount() == 4 && magic[0] == ELFMAG0 && magic[1] == 'E' && magic[2] == 'L' &&
      magic[3] == 'F') {
    inspect_elf(file, program);
  } else if (magic[0] == '#' && magic[1] == '!') {
    file.clear();
    file.seekg(0);
    std::string line;
    std::getline(file, line);
    inspect_script(line, program);
  }
  return program;
}

std::vector<std::string> mapped_at_start(const Program& program, const std::string& path) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl(program.loader.c_str(), program.loader.c_str(), "--list", path.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  std::vector<std::string> objects;
  if (FILE* lines = fdopen(ends[0], "r")) {
    std::array<char, 4096> line{};
    while (std::fgets(line.data(), line.size(), lines) != nullptr) {
      std::istringstream words(line.data());
      std::string object;
      if (words >> object) objects.push_back(object);
    }
    std::fclose(lines);
  }
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  return objects;
}

}  // namespace ciao::cli
