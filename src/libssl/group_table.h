// The groups that the C interface knows by name: RFC 8422 §5.1.1, RFC 7027, RFC 7919. Which of them
// ciao can run is for the engine to say.
#pragma once

#include <cstdint>
#include <string_view>

namespace ciao::tls {

struct GroupName {
  std::uint16_t id;
  const char* name;   // as SSL_group_to_name gives it
  const char* alias;  // another name that lists may use, or null
  int nid;
  std::uint16_t security_bits;
};

const GroupName* find_group_by_id(std::uint16_t id);
const GroupName* find_group_by_nid(int nid);
// libcrypto's short name of the curve is accepted as well. Case matters.
const GroupName* find_group_by_name(std::string_view name);

}  // namespace ciao::tls
