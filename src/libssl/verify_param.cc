#include "libssl/verify_param.h"

namespace ciao::tls {

Ref<VerifyParam> VerifyParam::make() {
  VerifyParamPtr param(X509_VERIFY_PARAM_new());
  if (param == nullptr) return nullptr;
  return Ref<VerifyParam>::adopt(new VerifyParam(std::move(param)));
}

Ref<VerifyParam> VerifyParam::copy_of(const VerifyParam& other) {
  Ref<VerifyParam> copy = make();
  if (!copy || X509_VERIFY_PARAM_inherit(copy->get_mutable(), other.get()) != 1) return nullptr;
  return copy;
}

Ref<VerifyParam> snapshot(const Ref<VerifyParam>& param) {
  return param->lent() ? VerifyParam::copy_of(*param) : param;
}

X509_VERIFY_PARAM* edit(Ref<VerifyParam>& param) {
  if (!param->unique()) {
    Ref<VerifyParam> own = VerifyParam::copy_of(*param);
    if (!own) return nullptr;
    param = std::move(own);
  }
  return param->get_mutable();
}

}  // namespace ciao::tls
