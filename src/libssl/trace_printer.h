// Lines of SSL_trace(3): words, numbers with their names, and bytes in hexadecimal.
#pragma once

#include <openssl/bio.h>

#include <string_view>

#include "libssl/trace_names.h"
#include "wire/reader.h"

namespace ciao::tls {

class TracePrinter {
 public:
  explicit TracePrinter(BIO* out) : out_(out) {}

  BIO* out() const { return out_; }
  void text(std::string_view text) const;
  void indent(int columns) const;
  // One whole line.
  template <class... Values>
  void line(int columns, const char* format, Values... values) const {
    indent(columns);
    BIO_printf(out_, format, values...);
    text("\n");
  }
  // `NAME (len=N): HEX`
  void hex(int columns, const char* name, ByteView bytes) const;
  // The same for a vector whose length has 1 or 2 bytes; false when it is cut off, and nothing
  // read.
  bool vector8(int columns, const char* name, Reader& reader) const;
  bool vector16(int columns, const char* name, Reader& reader) const;
  // A line for each number of 1 or 2 bytes, with its name; false when the last is cut off.
  bool list8(int columns, Traced what, ByteView values) const;
  bool list16(int columns, Traced what, ByteView values) const;
  void suite(unsigned suite) const;
  void dump(int columns, ByteView bytes) const;

 private:
  BIO* out_;
};

}  // namespace ciao::tls
