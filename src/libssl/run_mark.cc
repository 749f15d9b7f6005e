// Tells `ciao run` that this library was loaded. A program that is not linked to libssl may load it
// later, with dlopen; only the library itself can say that it did.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace {

__attribute__((constructor)) void leave_mark() {
  // secure_getenv: a set-user-ID program must not write to a file of its caller's choice.
  const char* path = secure_getenv("CIAO_RUN_MARK");
  if (path == nullptr) return;
  // Never O_CREAT: the file is the one that `ciao run` made, or the mark is nobody's.
  const int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return;
  const char mark = '+';
  // A mark that cannot be written reads as "never loaded": `ciao run` then reports a failure.
  [[maybe_unused]] const ssize_t written = write(file, &mark, 1);
  close(file);
}

}  // namespace
