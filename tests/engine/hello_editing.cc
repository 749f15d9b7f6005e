#include "engine/hello_editing.h"

namespace ciao::tls::testing {

EditableHello take_apart(const Bytes& message, std::size_t head_size) {
  EditableHello hello;
  const ByteView body = ByteView(message).subspan(kHandshakeHeaderSize);
  hello.head = to_bytes(body.first(head_size));
  Reader reader(body.subspan(head_size));
  const Result<ExtensionList> list = ExtensionList::parse(reader);
  EXPECT_TRUE(list);
  for (const ExtensionView& extension : list->entries) {
    hello.extensions.emplace_back(extension.type, to_bytes(extension.content));
  }
  return hello;
}

Bytes put_together(HandshakeType type, const EditableHello& hello) {
  Bytes out;
  MessageBuilder message(out, type);
  message.body().bytes(hello.head);
  {
    const Writer::Scope list = message.body().scope16();
    for (const auto& [extension, content] : hello.extensions) {
      message.body().put(extension);
      message.body().vector16(content);
    }
  }
  EXPECT_TRUE(message.finish());
  return out;
}

std::size_t head_size(HandshakeType type, const Bytes& message) {
  const ByteView body = ByteView(message).subspan(kHandshakeHeaderSize);
  std::size_t at = 2 + kRandomSize;
  at += std::size_t{1} + body[at];
  if (type == HandshakeType::server_hello) return at + 3;
  at += static_cast<std::size_t>(2 + (body[at] << 8 | body[at + 1]));
  return at + std::size_t{1} + body[at];
}

Deviation edit_hello(HandshakeType type, int number, Edit edit) {
  auto count = std::make_shared<int>(0);
  return [=](Outgoing& out) {
    if (out.type != type || (*count)++ != number) return;
    EditableHello hello = take_apart(out.message, head_size(type, out.message));
    edit(hello);
    out.message = put_together(type, hello);
  };
}

}  // namespace ciao::tls::testing
