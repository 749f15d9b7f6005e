#include "libssl/trace_printer.h"

#include <string>

namespace ciao::tls {

void TracePrinter::text(std::string_view text) const {
  BIO_write(out_, text.data(), static_cast<int>(text.size()));
}

void TracePrinter::indent(int columns) const { BIO_indent(out_, columns, 80); }

void TracePrinter::hex(int columns, const char* name, ByteView bytes) const {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string digits;
  digits.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    digits.push_back(kDigits[byte >> 4]);
    digits.push_back(kDigits[byte & 0xf]);
  }
  line(columns, "%s (len=%d): %s", name, static_cast<int>(bytes.size()), digits.c_str());
}

bool TracePrinter::vector8(int columns, const char* name, Reader& reader) const {
  Reader rest = reader;
  const Result<ByteView> bytes = rest.vector8();
  if (!bytes) return false;
  hex(columns, name, *bytes);
  reader = rest;
  return true;
}

bool TracePrinter::vector16(int columns, const char* name, Reader& reader) const {
  Reader rest = reader;
  const Result<ByteView> bytes = rest.vector16();
  if (!bytes) return false;
  hex(columns, name, *bytes);
  reader = rest;
  return true;
}

bool TracePrinter::list8(int columns, Traced what, ByteView values) const {
  for (const std::uint8_t value : values) {
    line(columns, "%s (%d)", trace_name(what, value), int{value});
  }
  return true;
}

bool TracePrinter::list16(int columns, Traced what, ByteView values) const {
  if (values.size() % 2 != 0) return false;
  // Schemes are shown in hexadecimal, as the registry has them.
  const char* format = what == Traced::scheme ? "%s (0x%04x)" : "%s (%d)";
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const unsigned value = static_cast<unsigned>(values[i] << 8 | values[i + 1]);
    line(columns, format, trace_name(what, value), value);
  }
  return true;
}

void TracePrinter::suite(unsigned suite) const {
  BIO_printf(out_, "{0x%02X, 0x%02X} %s\n", suite >> 8, suite & 0xff, trace_suite_name(suite));
}

void TracePrinter::dump(int columns, ByteView bytes) const {
  BIO_dump_indent(out_, bytes.data(), static_cast<int>(bytes.size()), columns);
}

}  // namespace ciao::tls
