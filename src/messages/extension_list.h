// The extensions field that most messages end with (RFC 8446 §4.2).
#pragma once

#include <vector>

#include "wire/reader.h"

namespace ciao::tls {

//  struct {
//      ExtensionType extension_type;
//      opaque extension_data<0..2^16-1>;
//  } Extension;
struct ExtensionView {
  ExtensionType type{};
  ByteView content;
};

// Views into the message, in its order.
struct ExtensionList {
  std::vector<ExtensionView> entries;

  // Reads `Extension extensions<0..2^16-1>`. "There MUST NOT be more than one extension of the same
  // type in a given extension block."
  static Result<ExtensionList> parse(Reader& reader);

  // Null when there is no such extension.
  const ExtensionView* find(ExtensionType type) const;
};

}  // namespace ciao::tls
