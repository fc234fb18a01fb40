// SPDX-License-Identifier: Apache-2.0
/*
 * What somebody says of a model, lines "KEY=VALUE": it is taken, or refused with a
 * message; what is taken is within the bounds of a package.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "network/pack.h"

#define LINES_MAX 64u

/* The smallest file that counts as ONNX: its version is 8. */
static const uint8_t model[] = { 0x08, 0x08 };

static const char distances[] =
	"name=a\nversion=1\nlabels=one,two\ninput.order=grey\ninput.mean=0.5\n"
	"input.deviation=0.25,1,2\ninput.window=1,2,300,400\ninput.pieces=2,3\n"
	"input.overlap=5\ninput.fit=crop\ninput.fill=1,2,3\ndetect.form=distances\n"
	"detect.strides=4,8\ndetect.outputs=a,b,c,d,e,f\ndetect.position=exp\n"
	"detect.score=logistic\ndetect.score_min=0.35\ndetect.overlap_max=0.25\n"
	"detect.by_class=0\ndetect.detections_max=10\n";
static const char anchors[] =
	"labels=a,b,c\ndetect.form=cell\ndetect.strides=8,16\ndetect.outputs=x,y\n"
	"detect.objects=1\ndetect.anchors=10x13 16x30,33x23 61x45\n"
	"detect.position=logistic*2-0.5\ndetect.size=square*4\n";
static const char classes[] = "classes.top=3\nclasses.places=1\nlicence=MIT\n";

const struct fuzz_seed fuzz_seeds[] = {
	{ distances, sizeof(distances) - 1 },
	{ anchors, sizeof(anchors) - 1 },
	{ classes, sizeof(classes) - 1 },
	{ 0 },
};

/* How many lines have become properties; @text is cut up. */
static size_t split(char *text, struct fovea_network_property *properties)
{
	size_t count = 0;
	char *line;

	while (count < LINES_MAX && (line = strsep(&text, "\n")) != NULL) {
		char *equals = strchr(line, '=');

		if (!equals)
			continue;
		*equals = '\0';
		properties[count++] = (struct fovea_network_property){ line, equals + 1 };
	}
	return count;
}

static void check(const struct fovea_network_properties *got)
{
	const struct fovea_network_head *head = &got->head;

	if (got->labels > FOVEA_NETWORK_LABELS_MAX || !got->input.columns ||
	    got->input.columns > FS1_PACKAGE_TILES_MAX || !got->input.rows ||
	    got->input.rows > FS1_PACKAGE_TILES_MAX || got->input.fit >= FS1_FITS ||
	    got->input.order >= FS1_ORDERS || head->levels > FS1_DETECT_LEVELS_MAX)
		abort();
	for (uint32_t i = 0; i < got->labels; i++)
		(void)strlen(got->label[i]);
	for (uint32_t i = 0; i < head->levels; i++)
		if (!head->level[i].anchors ||
		    head->level[i].anchors > FS1_DETECT_ANCHORS_MAX ||
		    !head->level[i].stride || !head->level[i].boxes ||
		    !head->level[i].classes)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fovea_network_property properties[LINES_MAX];
	struct fovea_network_properties got;
	char *text = malloc(size + 1), *error = NULL;
	size_t count;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	count = split(text, properties);
	if (fovea_network_properties_read_with(model, sizeof(model), properties, count,
					       &got, &error) == 0)
		check(&got);
	else if (!error || !*error)
		abort();
	free(error);
	fovea_network_properties_clear(&got);
	free(text);
	return 0;
}
