/* Python's idioms: str and bytes, exceptions of rewapp.errors, and the global lock let go
 * while the engine works. */
%module(package="rewapp") native

%{
#include "session.h"

#include <stdbool.h>

/* Calls rewapp.errors.make(): the classes themselves are written in Python. */
static void raise_answer(const struct answer *answer)
{
	const char *message = answer->message ? answer->message : rewapp_strerror(answer->status);
	size_t place = rewapp__answer_place(message);
	PyObject *errors = PyImport_ImportModule("rewapp.errors"), *error = NULL;

	if (errors)
		error = PyObject_CallMethod(errors, "make", "isisz#", answer->status, rewapp_error_name(answer->status),
			(int)rewapp_error_class_of(answer->status), message, place ? message : NULL, (Py_ssize_t)place);
	if (error)
		PyErr_SetObject((PyObject *)Py_TYPE(error), error);
	Py_XDECREF(error);
	Py_XDECREF(errors);
}

/* The bytes stay the object's, which the caller of the wrapper holds. */
static int text_of(PyObject *object, const char **text, size_t *length)
{
	Py_ssize_t size = 0;
	char *bytes = NULL;

	if (PyUnicode_Check(object))
		*text = PyUnicode_AsUTF8AndSize(object, &size);
	else if (PyBytes_Check(object) && PyBytes_AsStringAndSize(object, &bytes, &size) == 0)
		*text = bytes;
	else
		PyErr_SetString(PyExc_TypeError, "str or bytes expected");
	*length = (size_t)size;
	return PyErr_Occurred() ? -1 : 0;
}
%}

%define REWAPP_NUMBER(number) PyLong_FromLongLong(number) %enddef
%define REWAPP_TEXT(bytes, length) PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)(length), NULL) %enddef
%define REWAPP_BYTES(bytes, length) PyBytes_FromStringAndSize(bytes, (Py_ssize_t)(length)) %enddef
%define REWAPP_NOTHING Py_NewRef(Py_None) %enddef
%define REWAPP_RAISE(answer) raise_answer(&answer) %enddef

%define %rewapp_text(TEXT, LENGTH)
%typemap(in) (const char *TEXT, size_t LENGTH) (const char *text = NULL, size_t length = 0)
{
	if (text_of($input, &text, &length) < 0)
		SWIG_fail;
	$1 = (char *)text;
	$2 = length;
}
%enddef

/* A long call leaves other threads of the interpreter running; a second call into the
 * same engine meanwhile is refused. */
%define %rewapp_unlocked(METHOD)
%exception session::METHOD
{
	struct answer busy = { 0 };

	if (!rewapp__session_enter(arg1)) {
		busy.status = REWAPP_E_ARGUMENT;
		busy.message = "engine: another thread is using it";
		REWAPP_RAISE(busy);
		SWIG_fail;
	}
	Py_BEGIN_ALLOW_THREADS
	$action
	Py_END_ALLOW_THREADS
	rewapp__session_leave(arg1);
}
%enddef
%rewapp_unlocked(open_store)
%rewapp_unlocked(submit)
%rewapp_unlocked(query)
%rewapp_unlocked(now)
%rewapp_unlocked(new_id)
%rewapp_unlocked(set_clock)
%rewapp_unlocked(position)
%rewapp_unlocked(acknowledge)

%include "../rewapp.i"
