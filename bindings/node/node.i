/* Node's idioms: strings and Buffers, errors that index.js puts into classes. */
%module native

%{
#include "session.h"

#include <node_buffer.h>
#include <string>
#include <string.h>

static void error_set(v8::Isolate *isolate, v8::Local<v8::Object> error, const char *name, v8::Local<v8::Value> value)
{
	v8::Local<v8::String> key = v8::String::NewFromUtf8(isolate, name).ToLocalChecked();

	error->Set(isolate->GetCurrentContext(), key, value).Check();
}

static bool is_ascii(const char *text, size_t length)
{
	unsigned char seen = 0;

	for (size_t i = 0; i < length; i++)
		seen |= (unsigned char)text[i];
	return seen < 0x80;
}

/* Receipts are ASCII, which V8 copies several times faster than it decodes UTF-8. */
static v8::Local<v8::Value> text_value(v8::Isolate *isolate, const char *text, size_t length)
{
	const v8::NewStringType type = v8::NewStringType::kNormal;
	v8::MaybeLocal<v8::String> made;
	v8::Local<v8::String> value;

	if (is_ascii(text, length))
		made = v8::String::NewFromOneByte(isolate, (const uint8_t *)text, type, (int)length);
	else
		made = v8::String::NewFromUtf8(isolate, text, type, (int)length);
	if (!made.ToLocal(&value))
		return v8::Undefined(isolate);
	return value;
}

/* An Error with the fields of ours; index.js gives it its class, which is written in JavaScript. */
static void raise_answer(const struct answer *answer)
{
	v8::Isolate *isolate = v8::Isolate::GetCurrent();
	const char *message = answer->message ? answer->message : rewapp_strerror(answer->status);
	const char *name = rewapp_error_name(answer->status);
	size_t place = rewapp__answer_place(message);
	v8::Local<v8::Value> text = text_value(isolate, message, strlen(message));
	v8::Local<v8::Object> error = v8::Exception::Error(text.As<v8::String>()).As<v8::Object>();

	error_set(isolate, error, "code", v8::Integer::New(isolate, answer->status));
	error_set(isolate, error, "errorClass", v8::Integer::New(isolate, rewapp_error_class_of(answer->status)));
	error_set(isolate, error, "name", text_value(isolate, name, strlen(name)));
	error_set(isolate, error, "field",
		place ? text_value(isolate, message, place) : v8::Null(isolate).As<v8::Value>());
	isolate->ThrowException(error);
}

static v8::Local<v8::Value> bytes_value(const char *bytes, size_t length)
{
	v8::Isolate *isolate = v8::Isolate::GetCurrent();
	v8::Local<v8::Object> buffer;

	if (!node::Buffer::Copy(isolate, bytes, length).ToLocal(&buffer))
		return v8::Undefined(isolate);
	return buffer;
}
%}

%define REWAPP_NUMBER(number) v8::Number::New(v8::Isolate::GetCurrent(), (double)(number)) %enddef
%define REWAPP_TEXT(bytes, length) text_value(v8::Isolate::GetCurrent(), bytes, length) %enddef
%define REWAPP_BYTES(bytes, length) bytes_value(bytes, length) %enddef
%define REWAPP_NOTHING v8::Undefined(v8::Isolate::GetCurrent()) %enddef
%define REWAPP_RAISE(answer) raise_answer(&answer) %enddef

%define %rewapp_text(TEXT, LENGTH)
%typemap(in) (const char *TEXT, size_t LENGTH) (std::string text)
{
	v8::Isolate *isolate = v8::Isolate::GetCurrent();

	if (!$input->IsString()) {
		isolate->ThrowException(v8::Exception::TypeError(text_value(isolate, "a string is expected", 20)
			.As<v8::String>()));
		SWIG_fail;
	}
	v8::Local<v8::String> string = $input.As<v8::String>();
	text.resize((size_t)string->Utf8Length(isolate));
	string->WriteUtf8(isolate, &text[0], (int)text.size(), NULL,
		v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
	$1 = (char *)text.data();
	$2 = text.size();
}
%enddef

%include "../rewapp.i"
