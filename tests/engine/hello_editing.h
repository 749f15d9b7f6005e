// ServerHello and ClientHello taken apart, changed, and put together again.
#pragma once

#include "engine/misbehaving_peer.h"
#include "messages/extension_list.h"

namespace ciao::tls::testing {

// A hello taken apart, to be changed and put together again.
struct EditableHello {
  Bytes head;  // up to and including the compression methods, without the handshake header
  std::vector<std::pair<ExtensionType, Bytes>> extensions;

  Bytes* find(ExtensionType type) {
    for (auto& [t, content] : extensions) {
      if (t == type) return &content;
    }
    return nullptr;
  }
  void remove(ExtensionType type) {
    std::erase_if(extensions, [&](const auto& e) { return e.first == type; });
  }
};

using Edit = std::function<void(EditableHello&)>;

// `head_size` counts from behind the handshake header.
EditableHello take_apart(const Bytes& message, std::size_t head_size);
Bytes put_together(HandshakeType type, const EditableHello& hello);
std::size_t head_size(HandshakeType type, const Bytes& message);
// Changes the n-th hello that the peer sends (counted from 0).
Deviation edit_hello(HandshakeType type, int number, Edit edit);

}  // namespace ciao::tls::testing
