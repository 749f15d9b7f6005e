#include "messages/extension_list.h"

#include <algorithm>

namespace ciao::tls {

Result<ExtensionList> ExtensionList::parse(Reader& reader) {
  ExtensionList list;
  Reader block = TRY(reader.reader16());
  std::vector<std::uint16_t> types;
  while (!block.empty()) {
    ExtensionView& extension = list.entries.emplace_back();
    extension.type = static_cast<ExtensionType>(TRY(block.u16()));
    extension.content = TRY(block.vector16());
    types.push_back(code(extension.type));
  }
  // Sorting keeps the work for a block of 16,000 empty extensions small.
  std::sort(types.begin(), types.end());
  if (std::adjacent_find(types.begin(), types.end()) != types.end()) {
    return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
  }
  return list;
}

const ExtensionView* ExtensionList::find(ExtensionType type) const {
  for (const ExtensionView& extension : entries) {
    if (extension.type == type) return &extension;
  }
  return nullptr;
}

}  // namespace ciao::tls
