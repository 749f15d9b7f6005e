#include "config/config.h"

namespace ciao::tls {

bool Config::allows(ProtocolVersion version) const {
  if (min_version != ProtocolVersion::unset && version < min_version) return false;
  if (max_version != ProtocolVersion::unset && version > max_version) return false;
  switch (version) {
    case ProtocolVersion::tls1_3: return !has(option::kNoTls13);
    case ProtocolVersion::tls1_2: return !has(option::kNoTls12);
    default: return false;
  }
}

}  // namespace ciao::tls
