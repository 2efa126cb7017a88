"""How dates read where a template says only DATE_FORMAT; settings name this package in FORMAT_MODULE_PATH."""
